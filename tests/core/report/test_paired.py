"""Paired results: their interval, and what changed."""

from __future__ import annotations

import pytest

from skillopt.core.gate.contest import GateTask
from skillopt.core.gate.sealed import sealed_test
from skillopt.core.report.paired import MOST_LISTED, changes, first_score, interval, mean_score
from tests.core.report.records import verdict


def test_the_interval_is_that_of_the_sealed_test() -> None:
    before, after = [0.0, 1, 0, 1, 0.5, 0, 0, 1], [1.0, 1, 0, 0, 1, 1, 0, 1]
    tasks = [GateTask(id=f"t{place}") for place in range(1, 9)]
    same = sealed_test(
        {task.id: (one,) for task, one in zip(tasks, before, strict=True)},
        {task.id: (one,) for task, one in zip(tasks, after, strict=True)},
        tasks=tasks,
        seed=1,
    )
    assert interval(verdict(before, after)) == pytest.approx((same.low, same.high))


def test_there_is_no_interval_where_tasks_have_weights() -> None:
    assert interval(verdict([0, 0], [1, 0], gain=0.9)) is None


def test_there_is_no_interval_of_nothing() -> None:
    assert interval(verdict([1, 1], [None, None])) is None


def test_a_task_that_was_not_run_is_no_change() -> None:
    found = changes(verdict([0, 1, 1, 1], [1, 0, None, None]), no_result={"t4"})
    assert (found.better, found.worse, found.same) == (1, 1, 0)
    assert (found.no_result, found.not_run) == (1, 1)
    assert [one.task for one in found.listed] == ["t2", "t1"]


def test_the_list_of_tasks_is_short_and_has_both_kinds() -> None:
    found = changes(verdict([0] * 200 + [1] * 200, [1] * 200 + [0] * 200), no_result=())
    assert (found.better, found.worse) == (200, 200)
    assert len(found.listed) == MOST_LISTED
    assert {one.after > one.before for one in found.listed} == {True, False}


def test_scores_are_means_over_tasks() -> None:
    found = verdict([0, 1, 1, 1], [None] * 4)
    assert mean_score(found) == first_score(found.pairs) == 0.75
