"""The effect of a candidate on the tasks that a verdict rests on."""

from __future__ import annotations

import pytest

from skillopt.core.gate.contest import GateTask, PairedTask
from skillopt.core.gate.pair_effect import pair_effect
from skillopt.core.gate.sealed import sealed_test


def pair(task: str, incumbent: float | None, candidate: float | None) -> PairedTask:
    return PairedTask(
        task=task, incumbent=incumbent, candidate=candidate, candidate_runs=1, incumbent_runs=1
    )


def test_it_is_the_weighted_difference_with_the_interval_of_a_sealed_test() -> None:
    tasks = [GateTask(id=f"t{at}", weight=1 + at % 2) for at in range(10)]
    pairs = [pair(task.id, 0.5, 1.0 if task.weight > 1 else 0.5) for task in tasks]
    found = pair_effect(pairs, tasks)
    assert found
    assert found.difference == pytest.approx(0.5 * 10 / 15)
    alike = sealed_test(
        {one.task: (one.incumbent,) for one in pairs},
        {one.task: (one.candidate,) for one in pairs},
        tasks=tasks,
        seed=0,
    )
    assert (found.low, found.high, found.tasks) == (alike.low, alike.high, 10)


def test_tasks_without_both_scores_or_not_run_are_left_out() -> None:
    tasks = [GateTask(id=name) for name in ("a", "b", "c", "d")]
    pairs = [pair("a", 0.0, 1.0), pair("b", 1.0, None), pair("c", None, 1.0)]
    found = pair_effect(pairs, tasks)
    assert found
    assert (found.difference, found.tasks) == (1.0, 1)
    assert pair_effect(pairs[1:], tasks) is None
    assert pair_effect([], tasks) is None
