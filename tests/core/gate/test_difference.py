"""The mean difference with its interval."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.gate import GateTask, PairedTask, sealed_test
from skillopt.core.gate.difference import paired_difference

SCORES = st.one_of(st.none(), st.floats(0, 1))


def pair(task: str, old: float | None, new: float | None) -> PairedTask:
    return PairedTask(task=task, incumbent=old, candidate=new, candidate_runs=1, incumbent_runs=1)


@given(st.lists(st.tuples(SCORES, SCORES, st.floats(0.1, 5)), min_size=1, max_size=12))
def test_it_is_the_sealed_tests_difference_over_the_same_runs(
    rows: list[tuple[float | None, float | None, float]],
) -> None:
    tasks = [GateTask(id=str(n), weight=row[2]) for n, row in enumerate(rows)]
    pairs = [pair(str(n), row[0], row[1]) for n, row in enumerate(rows)]
    found = paired_difference(pairs, tasks)
    first = {str(n): (row[0],) for n, row in enumerate(rows)}
    last = {str(n): (row[1],) for n, row in enumerate(rows)}
    same = sealed_test(first, last, tasks=tasks, seed=0)
    if found is None:
        assert same.tasks == 0
        return
    assert (found.mean, found.tasks) == (pytest.approx(same.difference), same.tasks)
    assert (found.low, found.high) == (pytest.approx(same.low), pytest.approx(same.high))
    assert found.low <= found.mean + 1e-9
    assert found.mean <= found.high + 1e-9


def test_clusters_count_as_one_unit() -> None:
    pairs = [pair(str(n), 0.0, 1.0) for n in range(6)]
    apart = paired_difference(pairs, [GateTask(id=str(n)) for n in range(6)])
    together = paired_difference(pairs, [GateTask(id=str(n), cluster="x") for n in range(6)])
    assert apart is not None
    assert together is not None
    assert together.low < apart.low


def test_without_results_there_is_none() -> None:
    assert paired_difference([], []) is None
    assert paired_difference([pair("gone", 0, 1)], []) is None
