"""The paired sign-flip test."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.gate.sign_flips import flip_test

np = pytest.importorskip("numpy")


stats = pytest.importorskip("scipy.stats")


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
