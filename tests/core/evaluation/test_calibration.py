"""Stated chances against what happened."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.evaluation.calibration import brier, reliability, skill_score

share = st.floats(0, 1)
forecasts = st.lists(st.tuples(share, share), min_size=1, max_size=20)


def test_known_scores() -> None:
    assert brier([(1.0, 1.0), (0.0, 0.0)]) == 0
    assert brier([(0.5, 1.0), (0.5, 0.0)]) == 0.25
    assert brier([(1.0, 0.0)]) == 1
    with pytest.raises(ValueError, match="no forecasts"):
        brier([])


def test_skill_is_against_the_mean_outcome() -> None:
    assert skill_score([(1.0, 1.0), (0.0, 0.0)]) == 1
    assert skill_score([(0.5, 1.0), (0.5, 0.0)]) == 0
    assert skill_score([(0.0, 1.0), (1.0, 0.0)]) == -3
    assert skill_score([(0.9, 1.0), (0.8, 1.0)]) is None


@given(st.lists(share, min_size=1, max_size=20), share)
def test_the_mean_outcome_is_the_best_constant_forecast(
    outcomes: list[float], other: float
) -> None:
    rate = sum(outcomes) / len(outcomes)
    best = brier([(rate, was) for was in outcomes])
    assert best <= brier([(other, was) for was in outcomes]) + 1e-12


@given(forecasts)
def test_every_forecast_stands_in_one_row_and_within_its_range(
    made: list[tuple[float, float]],
) -> None:
    rows = reliability(made)
    assert sum(row.count for row in rows) == len(made)
    assert [row.low for row in rows] == sorted({row.low for row in rows})
    assert all(row.low - 1e-8 <= row.confidence <= row.high + 1e-8 for row in rows)


def test_certainty_stands_in_the_last_row() -> None:
    (row,) = reliability([(1.0, 0.0), (0.8, 1.0)])
    assert (row.low, row.high, row.count, row.outcome) == (0.8, 1.0, 2, 0.5)
