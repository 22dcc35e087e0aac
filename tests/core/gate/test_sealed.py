"""The sealed test: interval, certificate, what ships."""

from __future__ import annotations

import math

import pytest

from skillopt.core.gate import GateTask, mean_interval, sealed_test
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.history.outcome import ship

np = pytest.importorskip("numpy")


stats = pytest.importorskip("scipy.stats")


def tasks_of(count: int) -> tuple[GateTask, ...]:
    return tuple(GateTask(id=f"t{at}") for at in range(count))


def runs_of(scores: list[float]) -> dict[str, tuple[float | None, ...]]:
    return {f"t{at}": (score,) for at, score in enumerate(scores)}


@pytest.mark.parametrize("count", [1, 8, 24, 108])
def test_differences_that_are_all_alike_leave_room_for_tasks_not_seen(count: int) -> None:
    """Of Clopper and Pearson: so many tasks without a loss do not prove that there are none."""
    same = sealed_test(
        runs_of([0.5] * count), runs_of([0.5] * count), tasks=tasks_of(count), seed=0
    )
    unseen = 1 - 0.025 ** (1 / count)
    assert (same.low, same.high) == pytest.approx((-unseen, unseen), abs=1e-8)
    won = sealed_test(runs_of([0.0] * count), runs_of([1.0] * count), tasks=tasks_of(count), seed=0)
    assert (won.low, won.high) == pytest.approx((1 - 2 * unseen, 1.0), abs=1e-8)


def test_of_many_differences_the_interval_is_the_paired_t_interval() -> None:
    rng = np.random.default_rng(3)
    first, last = list(rng.random(2000)), list(rng.random(2000))
    sealed = sealed_test(runs_of(first), runs_of(last), tasks=tasks_of(2000), seed=0)
    expected = stats.ttest_rel(last, first).confidence_interval()
    assert (sealed.low, sealed.high) == pytest.approx((expected.low, expected.high), abs=1e-3)


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
    # One difference d of a range of 2: its limits are 2.5 % of the way to it from either end.
    assert (sealed.low, sealed.high) == pytest.approx((-1 + 0.025 * 1.5, 1 - 0.025 * 0.5))


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


NONE_ARE_KIN = (None, None)


def test_a_mean_with_its_interval() -> None:
    assert mean_interval([1.0, 1.0], [1, 1], NONE_ARE_KIN) == pytest.approx(
        (1.0, math.sqrt(0.025), 1.0)
    )
    assert mean_interval([0.4], [1], [None]) == pytest.approx((0.4, 0.01, 0.985))
    assert mean_interval([0.0, 1.0], [1, 3], NONE_ARE_KIN)[0] == 0.75
    with pytest.raises(ValueError, match="no scores"):
        mean_interval([], [], [])


def test_the_interval_of_a_mean_counts_kin_once() -> None:
    apart = mean_interval([1.0] * 12, [1.0] * 12, [None] * 12)
    kin = mean_interval([1.0] * 12, [1.0] * 12, [str(at // 6) for at in range(12)])
    assert apart == pytest.approx((1.0, 0.025 ** (1 / 12), 1.0))
    assert kin == pytest.approx((1.0, math.sqrt(0.025), 1.0))
