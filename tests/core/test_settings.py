"""Settings: one name everywhere, and what follows from them."""

from __future__ import annotations

from skillopt.core.settings import Settings
from skillopt.core.settings_groups import loop_settings


def test_every_setting_has_its_sentence() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_imitation_may_copy_train_examples_and_nothing_else() -> None:
    assert Settings().leak_policy == "strict"
    assert Settings(proposer="imitate").leak_policy == "heldout"
    assert Settings(proposer="imitate", leak_screen="strict").leak_policy == "strict"
    assert loop_settings(Settings(proposer="imitate")).leak_screen == "heldout"
