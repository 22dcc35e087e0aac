"""The sealed test: interval, certificate, what ships."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.gate import GateTask, mean_interval, sealed_test
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.gate.sign_flips import flip_test
from skillopt.core.gate.student_t import t_quantile, t_within
from skillopt.core.history.outcome import ship

np = pytest.importorskip("numpy")
stats = pytest.importorskip("scipy.stats")


def tasks_of(count: int) -> tuple[GateTask, ...]:
    return tuple(GateTask(id=f"t{at}") for at in range(count))


def runs_of(scores: list[float]) -> dict[str, tuple[float | None, ...]]:
    return {f"t{at}": (score,) for at, score in enumerate(scores)}


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 7, 11, 29, 30, 149, 1000])
@pytest.mark.parametrize("within", [0.5, 0.9, 0.95, 0.99])
def test_t_quantiles_are_scipys(freedom: int, within: float) -> None:
    expected = stats.t.ppf(0.5 + within / 2, freedom)
    assert t_quantile(within, freedom) == pytest.approx(expected, rel=1e-9)
    assert t_within(expected, freedom) == pytest.approx(within, rel=1e-9)


@pytest.mark.parametrize(("within", "freedom"), [(0.0, 5), (1.0, 5), (0.95, 0)])
def test_impossible_quantiles_are_refused(within: float, freedom: int) -> None:
    with pytest.raises(ValueError, match="no t quantile"):
        t_quantile(within, freedom)


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


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=10))
def test_few_units_are_flipped_exactly(differences: list[int]) -> None:
    values = np.array(differences, float)
    if len(values) == 1:
        expected = 1.0 if values[0] <= 0 else 0.5
    else:
        expected = stats.permutation_test(
            (values,), np.sum, permutation_type="samples", alternative="greater", n_resamples=np.inf
        ).pvalue
    assert flip_test(values, seed=3) == pytest.approx(expected)


def test_many_units_are_flipped_at_random() -> None:
    values = np.random.default_rng(2).normal(0.2, 1, 60)
    exact = 1 - stats.norm.cdf(values.sum() / math.sqrt(values @ values))
    assert flip_test(values, seed=3) == pytest.approx(exact, abs=0.03)


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=40), st.integers(0, 2**32))
def test_the_p_value_is_at_most_one_half_exactly_where_the_sum_is_above_zero(
    differences: list[int], seed: int
) -> None:
    p_value = flip_test(np.array(differences, float), seed=seed)
    assert (p_value <= 0.5) == (sum(differences) > 0)


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
