"""A contest's evidence as arrays, and what is asked for and entered."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from skillopt.core.gate import GateTask
from skillopt.core.gate.evidence import (
    Ask,
    Evidence,
    Scores,
    Step,
    first_impression,
    sums_by,
    unit_numbers,
)
from tests.core.gate.contests import contest

FIRST = {"a": 0.0, "b": 1.0, "c": 0.5, "d": 1.0}
ALL = np.arange(4)


def evidence(**more: Any) -> Evidence:
    return Evidence.of(contest(FIRST, **more))


def answer(step: Step, *replies: list[float]) -> tuple[Ask, ...]:
    """What a step asks for; it is answered with ``replies``."""
    asks = next(step)
    scores: Scores = tuple(np.array(reply) for reply in replies)
    with pytest.raises(StopIteration):
        step.send(scores)
    return asks


def test_a_contest_as_arrays() -> None:
    tasks = (
        GateTask(id="a", weight=3.0),
        GateTask(id="b", protected=True),
        GateTask(id="c"),
        GateTask(id="d"),
    )
    made = evidence(tasks=tasks)
    assert list(made.baseline) == [0.0, 1.0, 0.5, 1.0]
    assert made.weights.mean() == pytest.approx(1)
    assert list(made.weights) == [2.0, *[2 / 3] * 3]
    assert list(made.protected) == [1]
    assert (made.size, made.unit_count, made.units) == (4, 4, None)


def test_a_run_is_asked_for_once_and_entered() -> None:
    made = evidence()
    (ask,) = answer(made.run(ALL[:2], 0), [1.0, 0.0])
    assert (ask.arm, list(ask.tasks), list(ask.trials)) == ("candidate", [0, 1], [0, 0])
    (ask,) = answer(made.run(ALL, 0), [0.5, 1.0])
    assert list(ask.tasks) == [2, 3], "those not run before"
    assert list(made.candidate_means(1)) == [1.0, 0.0, 0.5, 1.0]
    assert list(made.differences(1)) == [1.0, -1.0, 0.0, 0.0]
    assert made.asked == 4
    assert list(made.run(ALL, 0)) == [], "nothing is left to ask for"


def test_a_missing_rollout_takes_its_task_out_of_the_contest() -> None:
    made = evidence()
    answer(made.run(ALL, 0), [np.nan, 0.0, 1.0, 1.0])
    assert list(made.lost) == [True, False, False, False]
    assert made.differences(1)[0] == 0
    assert made.inconclusive, "one of four is more than a tenth"
    (ask,) = answer(made.run(ALL, 1), [0.0, 1.0, 1.0])
    assert list(ask.tasks) == [1, 2, 3]


def test_the_incumbents_fresh_runs_have_fresh_trials_and_join_its_record() -> None:
    made = evidence()
    (_, ask) = answer(made.run(ALL, 0, top_up=ALL[:2]), [1.0] * 4, [1.0, 1.0])
    assert (ask.arm, list(ask.tasks), list(ask.trials)) == ("incumbent", [0, 1], [16, 16])
    assert list(made.runs) == [2, 2, 1, 1]
    assert list(made.baseline) == [0.5, 1.0, 0.5, 1.0]
    assert (made.squares, made.repeats) == (0.5, 2.0)
    (first, second) = answer(made.run_incumbent(ALL, np.array([2, 0, 1, 0])), [0.0, 0.0], [0.0])
    assert (list(first.tasks), list(first.trials)) == ([0, 2], [17, 16])
    assert (list(second.tasks), list(second.trials)) == ([0], [18])
    assert list(made.runs) == [4, 2, 2, 1]


def test_side_by_side_the_candidate_is_compared_with_the_runs_beside_it() -> None:
    made = evidence()
    answer(made.run_both(ALL, 0), [1.0, 1.0, 1.0, 0.0], [1.0, 0.0, 1.0, 1.0])
    assert list(made.differences(1)) == [0.0, 1.0, 0.0, -1.0]
    means = made.rival_means(1)
    assert means is not None
    assert list(means) == [1.0, 0.0, 1.0, 1.0]
    assert evidence().rival_means(1) is None


def test_tasks_of_one_cluster_are_one_unit() -> None:
    tasks = tuple(GateTask(id=name, cluster="kin" if name in "ac" else None) for name in FIRST)
    made = evidence(tasks=tasks)
    assert made.unit_count == 3
    assert list(made.by_unit(np.array([1.0, 2.0, 3.0, 4.0]))) == [4.0, 2.0, 4.0]
    assert (made.units_in(ALL), made.units_in(np.array([0, 2]))) == (3, 1)


def test_units_are_numbered_as_they_come() -> None:
    assert list(unit_numbers(["x", None, "x", None, ""])) == [0, 1, 0, 2, 3]
    assert list(sums_by(np.array([0, 1, 0]), np.array([1.0, 2.0, 3.0]), 3)) == [4.0, 2.0, 0.0]


def test_repeated_runs_of_the_candidate_teach_its_noise() -> None:
    made = evidence()
    answer(made.run(ALL, 0), [1.0, 1.0, 1.0, 0.0])
    answer(made.run(ALL, 1), [0.0, 1.0, 1.0, 0.0])
    made.learn_noise(2)
    assert (made.squares, made.repeats) == (0.5, 4.0)
    assert made.noise.variance == 0.125


def test_raw_runs_are_counted_the_candidates_only_where_it_goes_on() -> None:
    made = evidence()
    answer(made.run(ALL, 0), [1.0, 1.0, 0.5, np.nan])
    passed, failed = made.raw_counts(candidate=False)
    assert (list(passed), list(failed)) == ([0, 1, 0, 1], [1, 0, 1, 0])
    passed, failed = made.raw_counts(candidate=True)
    assert (list(passed), list(failed)) == ([1, 2, 0, 1], [1, 0, 2, 0])
    assert list(made.raw_runs(ALL)) == [1, 1, 1, 1]


def test_the_first_impression_is_variance_and_smallest_step() -> None:
    assert first_impression(np.array([0.0, 1.0])) == (0.25, 1.0)
    variance, step = first_impression(np.array([0.0, 0.25, 1.0]))
    assert step == 0.25
    assert variance == pytest.approx(float(np.var([0.0, 0.25, 1.0])))
    assert first_impression(np.array([0.5, 0.5])) == (0.0, 1.0)
