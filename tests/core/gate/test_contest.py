"""The values of a contest, and the rules they keep."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from skillopt.core.gate.contest import (
    ENOUGH_REPEATS,
    Contest,
    GatePolicy,
    GateTask,
    Noise,
    Standing,
)

ONE = {"tasks": (GateTask(id="a"),), "book": {"a": Standing(total=1, runs=1)}}


def made(**more: object) -> Contest:
    fields = {"next_trial": 16, "policy": GatePolicy(), "seed": 0}
    return Contest.model_validate({**ONE, **fields, **more})


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        ({"tasks": ()}, "at least one task"),
        ({"tasks": (GateTask(id="a"), GateTask(id="a"))}, "must be unique"),
        ({"tasks": (GateTask(id="b"),)}, "no record on task 'b'; leave it out"),
        ({"book": {"a": Standing(total=0, runs=0)}}, "no record on task 'a'"),
    ],
)
def test_a_contest_is_about_tasks_that_the_incumbent_has_run(
    broken: dict[str, object], complaint: str
) -> None:
    with pytest.raises(ValidationError, match=complaint):
        made(**broken)


def test_a_record_may_hold_more_than_the_contest_is_about() -> None:
    assert made(book={"a": Standing(total=1, runs=1), "b": Standing(total=0, runs=1)})


@pytest.mark.parametrize(
    "policy",
    [{"alpha": 0}, {"alpha": 1}, {"passes": 0}, {"passes": 11}, {"max_missing": 1}, {"kind": "x"}],
)
def test_a_policy_is_within_its_bounds(policy: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        GatePolicy.model_validate(policy)


def test_noise_is_unknown_until_something_was_repeated() -> None:
    assert Noise().variance is None
    assert Noise(squares=3.0, repeats=12).variance == 0.25


@pytest.mark.parametrize(
    ("squares", "repeats", "absent"),
    [
        (0.0, ENOUGH_REPEATS, True),
        (0.0, ENOUGH_REPEATS - 1, False),
        (0.01, 10 * ENOUGH_REPEATS, False),
    ],
)
def test_enough_repeats_without_a_difference_show_a_deterministic_target(
    squares: float,
    repeats: float,
    absent: bool,  # noqa: FBT001 - a row of the table
) -> None:
    assert Noise(squares=squares, repeats=repeats).absent is absent
