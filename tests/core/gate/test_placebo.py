"""The placebo's test: paired, at a level, by unit."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from skillopt.core.gate import GatePolicy, GateTask
from skillopt.core.gate.contest import PlaceboTest
from skillopt.core.gate.placebo import placebo_test, told

TASKS = tuple(GateTask(id=f"t{at}") for at in range(24))


def compared(
    mine: list[float], theirs: list[float], tasks: tuple[GateTask, ...] = TASKS, seed: int = 0
) -> PlaceboTest:
    names = [task.id for task in tasks]
    return placebo_test(
        dict(zip(names, mine, strict=False)),
        dict(zip(names, theirs, strict=False)),
        tasks=tasks,
        version="f" * 64,
        level=0.10,
        seed=seed,
    )


def test_equal_scores_show_nothing() -> None:
    found = compared([1.0] * 24, [1.0] * 24)
    assert (found.p_value, found.difference) == (1.0, 0.0)
    assert told(found) == (
        "not better than its placebo, the same edit with words that say nothing: "
        "0.0 points on 24 tasks (p = 1.000, threshold 0.10)"
    )


def test_a_clear_difference_is_shown() -> None:
    found = compared([1.0] * 8 + [0.0] * 16, [0.0] * 24)
    assert found.p_value < 0.01
    assert found.difference == pytest.approx(1 / 3)


def test_a_cluster_is_one_unit_and_missing_tasks_are_left_out() -> None:
    one = tuple(GateTask(id=f"t{at}", cluster="all") for at in range(24))
    assert compared([1.0] * 24, [0.0] * 24, one).p_value == 0.5
    found = compared([1.0] * 20, [0.0] * 24)
    assert (found.tasks, found.missing) == (20, 4)
    assert compared([], []).p_value == 1.0


def test_an_edit_worth_as_much_as_its_placebo_beats_it_at_most_as_often_as_the_level_says() -> None:
    rng = np.random.default_rng(7)
    rates = rng.random((600, 24))
    runs = [(rng.random((600, 24)) < rates).astype(float) for _ in range(2)]
    beaten = [
        compared(list(mine), list(theirs), seed=at).p_value <= 0.10
        for at, (mine, theirs) in enumerate(zip(*runs, strict=True))
    ]
    assert 0.02 < np.mean(beaten) <= 0.10 + 2.5 * (0.09 / 600) ** 0.5


def test_a_margin_and_a_placebo_exclude_each_other() -> None:
    assert "placebo" not in GatePolicy().model_dump()
    with pytest.raises(ValidationError, match="set one of them"):
        GatePolicy(kind="race", no_worse_than=5, placebo=True)
