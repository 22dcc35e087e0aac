"""Intervals of bounded means: exact where that is known, and they cover at the edges."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from skillopt.core.gate.bounded_mean import Sample, interval, p_value, sample_of, share_interval

np = pytest.importorskip("numpy")
stats = pytest.importorskip("scipy.stats")

SCORES = (0.0, 1.0)
scores = st.lists(st.floats(0, 1), min_size=1, max_size=30)
seeds = st.integers(0, 2**32)


def sample(values: list[float], weights: list[float] | None = None) -> Sample:
    """One unit per value."""
    given = np.ones(len(values)) if weights is None else np.array(weights)
    return sample_of(np.array(values), given, np.arange(len(values)))


@pytest.mark.parametrize("count", [1, 2, 3, 8, 24, 108, 1000, 10_000])
def test_of_scores_0_or_1_it_is_the_interval_of_clopper_and_pearson(count: int) -> None:
    for hits in {0, 1, count // 3, count // 2, count - 1, count}:
        expected = stats.binomtest(hits, count).proportion_ci(method="exact")
        assert share_interval(hits / count, count) == pytest.approx(
            (expected.low, expected.high), abs=1e-8
        )


def test_a_share_of_an_estimated_number_has_the_interval_of_the_beta_distribution() -> None:
    assert share_interval(0.1, 36.5) == pytest.approx(
        (stats.beta.ppf(0.025, 3.65, 33.85), stats.beta.ppf(0.975, 4.65, 32.85)), abs=1e-8
    )


def exact_p_value(values: list[float], mean: float) -> float:
    """The chance in closed form, for factors that all differ, in exact arithmetic."""
    factors = [Fraction(value) - Fraction(mean) for value in [*values, 0.0]]
    above = Fraction(0)
    for at, one in enumerate(factors):
        if one > 0:
            part = Fraction(1)
            for other in factors[:at] + factors[at + 1 :]:
                part *= one / (one - other)
            above += part
    return float(1 - above)


@given(st.lists(st.floats(1e-6, 1), min_size=1, max_size=25, unique=True), st.floats(0.01, 0.99))
def test_the_p_value_is_that_of_the_closed_form(values: list[float], mean: float) -> None:
    assume(mean not in values)
    found = p_value(sample(values), mean, lowest=0.0)
    assert found == pytest.approx(exact_p_value(values, mean), abs=1e-8)


@given(scores)
def test_the_mean_lies_inside_and_the_limits_within_the_range(values: list[float]) -> None:
    drawn = sample(values)
    low, high = interval(drawn, limits=SCORES)
    assert 0 <= low <= drawn.mean + 1e-12
    assert drawn.mean - 1e-12 <= high <= 1
    assert low <= 0.025 ** (1 / len(values)) + 1e-8, "a unit not seen may have scored 0"
    assert low < high


@given(scores, st.data())
def test_a_better_score_never_lowers_a_limit(values: list[float], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(values) - 1))
    better = [*values[:at], data.draw(st.floats(values[at], 1)), *values[at + 1 :]]
    before, after = (interval(sample(each), limits=SCORES) for each in (values, better))
    assert after[0] >= before[0] - 1e-8
    assert after[1] >= before[1] - 1e-8


@given(scores)
def test_the_two_sides_mirror_each_other_and_the_range_may_be_moved(values: list[float]) -> None:
    low, high = interval(sample(values), limits=SCORES)
    turned = interval(sample([1 - value for value in values]), limits=SCORES)
    assert turned == pytest.approx((1 - high, 1 - low), abs=1e-8)
    moved = interval(sample([2 * value - 1 for value in values]), limits=(-1.0, 1.0))
    assert moved == pytest.approx((2 * low - 1, 2 * high - 1), abs=1e-8)


@given(scores, st.floats(0.01, 100))
def test_only_the_ratio_of_weights_counts(values: list[float], scale: float) -> None:
    weights = [1.0 + at % 3 for at in range(len(values))]
    heavier = [scale * weight for weight in weights]
    assert interval(sample(values, heavier), limits=SCORES) == pytest.approx(
        interval(sample(values, weights), limits=SCORES), abs=1e-7
    )


@given(scores, st.integers(2, 4))
def test_copies_inside_a_unit_add_nothing(values: list[float], times: int) -> None:
    units = np.repeat(np.arange(len(values)), times)
    copied = sample_of(np.repeat(values, times), np.ones(len(units)), units)
    assert interval(copied, limits=SCORES) == pytest.approx(
        interval(sample(values), limits=SCORES), abs=1e-8
    )


@given(scores, st.floats(0.01, 0.99))
def test_the_p_value_and_the_limit_say_the_same(values: list[float], mean: float) -> None:
    low, _ = interval(sample(values), limits=SCORES, within=0.8)
    assume(abs(low - mean) > 1e-7)
    assert (p_value(sample(values), mean, lowest=0.0) < 0.1) == (mean < low)


# -- coverage: exact where the outcomes can be listed


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 12, 24])
def test_of_scores_0_or_1_it_covers_at_every_rate(count: int) -> None:
    """Also just outside each limit, where coverage is least; no draw is made."""
    limits = np.array([share_interval(hits / count, count) for hits in range(count + 1)])
    edges = np.concatenate([limits.ravel() - 1e-7, limits.ravel() + 1e-7, np.linspace(0, 1, 201)])
    for rate in np.clip(edges, 0, 1):
        covers = (limits[:, 0] <= rate) & (rate <= limits[:, 1])
        assert stats.binom.pmf(np.arange(count + 1), count, rate)[covers].sum() >= 0.95 - 1e-9


@pytest.mark.parametrize("count", [2, 4, 8])
def test_of_losses_ties_and_wins_it_covers_at_every_mixture(count: int) -> None:
    """Differences of pass or fail, every outcome listed; and of half points, every outcome listed."""
    for step in (1.0, 0.5):
        outcomes = [
            (lost, count - lost - won, won)
            for lost, won in product(range(count + 1), repeat=2)
            if lost + won <= count
        ]
        values = np.array([-step, 0.0, step])
        limits = np.array(
            [
                interval(Sample(values, np.ones(3), np.array(each, float)), limits=(-1.0, 1.0))
                for each in outcomes
            ]
        )
        for lost, won in product([0.0, 0.01, 0.03, 0.1, 0.3, 0.6, 0.97], repeat=2):
            if lost + won > 1:
                continue
            shares = [lost, 1 - lost - won, won]
            true = float(np.dot(values, shares))
            covers = (limits[:, 0] <= true) & (true <= limits[:, 1])
            chance = stats.multinomial.pmf(outcomes, count, shares)
            assert chance[covers].sum() >= 0.95 - 1e-9, (step, shares)


# -- coverage: measured

DRAWS = 1000
MOST_MISSES = int(stats.binom.isf(1e-7, DRAWS, 0.05))
"""With coverage of just 95 % more are seen once in ten million runs of a test."""


def misses(draw: object, true: float, *, lowest: float, highest: float) -> int:
    rng, found = np.random.default_rng(7), 0
    for _ in range(DRAWS):
        drawn = draw(rng)  # type: ignore[operator]
        found += (
            p_value(drawn, true, lowest=lowest) < 0.025
            or p_value(drawn.mirrored, -true, lowest=-highest) < 0.025
        )
    return found


@pytest.mark.parametrize("count", [2, 5, 12, 40])
@pytest.mark.parametrize(
    ("first", "second"), [(0.5, 0.5), (2.0, 0.1), (0.05, 1.0), (20.0, 5.0)], ids=str
)
def test_graded_scores_are_covered(count: int, first: float, second: float) -> None:
    def draw(rng: np.random.Generator) -> Sample:
        return sample(list(rng.beta(first, second, count)))

    assert misses(draw, first / (first + second), lowest=0, highest=1) <= MOST_MISSES


@pytest.mark.parametrize("count", [5, 15, 40])
def test_rare_large_losses_among_small_gains_are_covered(count: int) -> None:
    """What Student's t gets wrong: most samples hold no loss at all."""

    def draw(rng: np.random.Generator) -> Sample:
        return sample(list(np.where(rng.random(count) < 0.03, -1.0, 0.05 * rng.random(count))))

    assert misses(draw, 0.97 * 0.025 - 0.03, lowest=-1, highest=1) <= MOST_MISSES


@pytest.mark.parametrize("clusters", [4, 15])
def test_clusters_of_unlike_size_and_tasks_of_unlike_weight_are_covered(clusters: int) -> None:
    """The mean is that of all tasks: large clusters count for more, and here they score lower."""

    def draw(rng: np.random.Generator) -> Sample:
        sizes = rng.choice([1, 2, 6], clusters)
        units = np.repeat(np.arange(clusters), sizes)
        rates = rng.beta(2, 1, clusters) * np.where(sizes == 6, 0.6, 1.0)
        passed = rng.random(len(units)) < rates[units]
        return sample_of(passed.astype(float), 1.0 + np.arange(len(units)) % 2, units)

    # A cluster of 1 weighs 1 or 2, by its place; on average 1.5 a task, whatever its size.
    true = (1 + 2 + 6 * 0.6) * (2 / 3) / 9
    assert misses(draw, true, lowest=0, highest=1) <= MOST_MISSES
