"""Settings: one name everywhere, and what follows from them."""

from __future__ import annotations

from skillopt.core.settings import Settings
from skillopt.core.settings_groups import loop_settings


def test_practice_fills_only_unnamed_roles() -> None:
    settings = Settings(practice=True, target="openai/some-model")
    assert settings.model("target") == "openai/some-model"
    assert settings.model("optimizer") == "practice/mentor"
    assert Settings().model("target") is None


def test_a_role_has_its_own_endpoint_the_shared_one_or_its_providers() -> None:
    settings = Settings(api_base="http://all", target_api_base="http://t", optimizer_api_base="")
    assert settings.base("target") == "http://t"
    assert settings.base("optimizer") is None
    assert settings.base("judge") == "http://all"
    assert Settings().base("judge") is None


def test_every_setting_has_its_sentence() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_imitation_may_copy_train_examples_and_nothing_else() -> None:
    assert Settings().leak_policy == "strict"
    assert Settings(proposer="imitate").leak_policy == "heldout"
    assert Settings(proposer="imitate", leak_screen="strict").leak_policy == "strict"
    assert loop_settings(Settings(proposer="imitate")).leak_screen == "heldout"
