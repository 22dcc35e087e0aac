"""Settings: one name everywhere, the strongest source wins, errors say where."""

from __future__ import annotations

import pytest

from skillopt.core.settings import Settings, merged_settings
from skillopt.errors import SettingsError


def test_the_first_source_wins() -> None:
    settings = merged_settings(
        [("flags", {"rounds": 3}), ("toml", {"rounds": 5, "seed": 7}), ("header", {"seed": 1})]
    )
    assert (settings.rounds, settings.seed, settings.patience) == (3, 7, 6)


def test_an_unknown_name_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(
        SettingsError, match=r"skillopt.toml: unknown setting 'max_call'.*'max_calls'"
    ):
        merged_settings([("skillopt.toml", {"max_call": 3})])


@pytest.mark.parametrize(
    ("name", "value"),
    [("rounds", -1), ("rounds", "many"), ("alpha", 1.0), ("gate", "lenient"), ("concurrency", 0)],
)
def test_an_impossible_value_names_its_place_and_the_value(name: str, value: object) -> None:
    with pytest.raises(SettingsError) as caught:
        merged_settings([("here", {name: value})])
    assert str(caught.value).startswith(f"here: {name}: ")
    assert repr(value) in str(caught.value)


def test_a_floor_above_its_ceiling_is_refused() -> None:
    with pytest.raises(SettingsError, match="min_edits is 5, above max_edits, 4"):
        merged_settings([("flags", {"min_edits": 5})]).loop()


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
