"""Means over tasks, and paired differences."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.probes.means import CHANGE, SHARE, difference_of, mean_of, task_means
from tests.core.probes.rollouts import tasks

scores = st.lists(st.floats(0, 1), min_size=1, max_size=8)


def test_a_task_counts_once_however_often_it_was_run() -> None:
    assert task_means([("t0", 1.0), ("t0", 0.0), ("t1", 1.0)]) == {"t0": 0.5, "t1": 1.0}


@given(scores)
def test_the_interval_holds_the_mean_and_lies_within_the_limits(values: list[float]) -> None:
    made = tasks(len(values))
    found = mean_of({task.id: value for task, value in zip(made, values, strict=True)}, made)
    assert found is not None
    assert 0 <= found.low <= found.mean + 1e-9
    assert found.mean - 1e-9 <= found.high <= 1
    assert found.tasks == len(values)


def test_tasks_without_a_value_are_left_out_and_none_is_no_mean() -> None:
    made = tasks(3)
    found = mean_of({"t1": 1.0}, made)
    assert found is not None
    assert (found.mean, found.tasks) == (1, 1)
    assert mean_of({}, made) is None


@given(scores, scores)
def test_a_difference_is_paired_by_task_and_turns_round(
    one: list[float], other: list[float]
) -> None:
    made = tasks(8)
    first = {f"t{at}": value for at, value in enumerate(one)}
    last = {f"t{at}": value for at, value in enumerate(other)}
    there = difference_of(first, last, made, limits=SHARE)
    back = difference_of(last, first, made, limits=SHARE)
    assert there is not None
    assert back is not None
    assert abs(there.mean + back.mean) < 1e-9
    assert there.tasks == min(len(one), len(other))
    assert abs(there.low + back.high) < 1e-6


def test_tasks_of_a_cluster_are_one_unit() -> None:
    values = {f"t{at}": float(at % 2) for at in range(8)}
    alone, together = mean_of(values, tasks(8)), mean_of(values, tasks(8, cluster="one"))
    assert alone is not None
    assert together is not None
    assert together.high - together.low > alone.high - alone.low


def test_a_change_of_a_change_may_be_two_points_wide() -> None:
    found = difference_of({"t0": -1.0}, {"t0": 1.0}, tasks(1), limits=CHANGE)
    assert found is not None
    assert found.mean == 2
