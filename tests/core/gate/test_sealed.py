"""The sealed test: interval, certificate, what ships."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.gate import GateTask, mean_interval, sealed_test
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.history.outcome import ship

np = pytest.importorskip("numpy")


stats = pytest.importorskip("scipy.stats")


def tasks_of(count: int) -> tuple[GateTask, ...]:
    return tuple(GateTask(id=f"t{at}") for at in range(count))


def runs_of(scores: list[float]) -> dict[str, tuple[float | None, ...]]:
    return {f"t{at}": (score,) for at, score in enumerate(scores)}


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=3, max_size=40).filter(
        lambda pairs: np.std([b - a for a, b in pairs]) > 1e-3
    )
)
def test_the_interval_is_the_paired_t_interval(pairs: list[tuple[float, float]]) -> None:
    first, last = map(list, zip(*pairs, strict=True))
    sealed = sealed_test(runs_of(first), runs_of(last), tasks=tasks_of(len(pairs)), seed=0)
    expected = stats.ttest_rel(last, first).confidence_interval()
    assert sealed.low == pytest.approx(max(-1.0, expected.low), abs=1e-9)
    assert sealed.high == pytest.approx(min(1.0, expected.high), abs=1e-9)


def test_a_certificate_needs_a_small_p_value_and_eight_tasks() -> None:
    zeros, ones = [0.0] * 8, [1.0] * 8
    assert sealed_test(runs_of(zeros), runs_of(ones), tasks=tasks_of(8), seed=0).certified
    few = sealed_test(runs_of(zeros[:7]), runs_of(ones[:7]), tasks=tasks_of(7), seed=0)
    assert few.p_value < 0.05
    assert not few.certified


def test_clusters_count_once() -> None:
    kin = tuple(GateTask(id=f"t{at}", cluster=str(at // 10)) for at in range(30))
    sealed = sealed_test(runs_of([0.0] * 30), runs_of([1.0] * 30), tasks=kin, seed=0)
    assert sealed.p_value == pytest.approx(1 / 8)
    assert not sealed.certified


def test_missing_runs_leave_a_task_out_in_both_versions() -> None:
    first: dict[str, tuple[float | None, ...]] = {"t0": (None,), "t1": (0.0, 1.0), "t2": (1.0,)}
    last: dict[str, tuple[float | None, ...]] = {"t0": (1.0,), "t1": (1.0, None), "t2": ()}
    sealed = sealed_test(first, last, tasks=tasks_of(3), seed=0)
    assert (sealed.tasks, sealed.missing) == (1, 2)
    assert sealed.difference == 0.5
    assert (sealed.low, sealed.high) == (-1.0, 1.0)


def test_nothing_measured_keeps_the_first_version() -> None:
    sealed = sealed_test({}, {}, tasks=tasks_of(3), seed=0)
    assert (sealed.tasks, sealed.missing) == (0, 3)
    assert ship(sealed) == "keep first"


@pytest.mark.parametrize(
    ("difference", "certified", "expected"),
    [
        (0.1, True, "improved"),
        (0.1, False, "not certified"),
        (0.0, False, "not certified"),
        (-0.1, False, "keep first"),
    ],
)
def test_the_ship_rule(difference: float, *, certified: bool, expected: str) -> None:
    sealed = SealedTest(
        first_score=0.5,
        last_score=0.5 + difference,
        difference=difference,
        low=-1,
        high=1,
        p_value=0.5,
        certified=certified,
        tasks=20,
        wins=1,
        losses=1,
    )
    assert ship(sealed) == expected


def test_a_mean_with_its_interval() -> None:
    scores = [0.3, 0.5, 0.4]
    expected = stats.ttest_1samp(scores, 0).confidence_interval()
    found = mean_interval(scores, [1, 1, 1])
    assert found == pytest.approx((0.4, expected.low, expected.high))
    assert mean_interval([0.0, 1.0, 1.0], [1, 1, 1]) == pytest.approx((2 / 3, 0.0, 1.0))
    assert mean_interval([0.4], [1]) == (0.4, 0.0, 1.0)
    with pytest.raises(ValueError, match="no scores"):
        mean_interval([], [])
