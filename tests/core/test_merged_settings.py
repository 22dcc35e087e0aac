"""Settings put together: the strongest source wins, errors say where."""

from __future__ import annotations

import pytest

from skillopt.core.merged_settings import merged_settings
from skillopt.core.settings_groups import loop_settings
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
        loop_settings(merged_settings([("flags", {"min_edits": 5})]))
