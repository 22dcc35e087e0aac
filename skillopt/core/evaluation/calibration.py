"""Calibration: how well stated chances fit what happened.

The Brier score is the mean of (confidence - outcome) squared: 0 is perfect, 0.25 is what always
saying 50 % gives. It is a proper score: only the true chance minimizes it, also for an outcome
between 0 and 1, whose mean it asks for (Brier 1950, Monthly Weather Review 78; as the reward that
repairs calibration: Damani et al. 2025, arXiv 2507.16806).
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from skillopt.core.value import Value

BINS = 5
"""Rows of a reliability table, each of the same width."""


class ReliabilityRow(Value):
    """The forecasts of one range of confidence."""

    low: float
    high: float
    count: int = Field(ge=1)
    confidence: float
    """Mean stated chance."""
    outcome: float
    """Mean of what happened."""


Forecast = tuple[float, float]
"""A stated chance and the outcome, both in [0, 1]."""


def brier(forecasts: Sequence[Forecast]) -> float:
    """The Brier score.

    Raises:
        ValueError: there are no forecasts.
    """
    if not forecasts:
        raise ValueError("no forecasts: there is nothing to score")
    return sum((said - was) ** 2 for said, was in forecasts) / len(forecasts)


def skill_score(forecasts: Sequence[Forecast]) -> float | None:
    """1 - Brier score / that of always stating the mean outcome.

    1 is perfect, 0 tells no task from another, below 0 misleads. None where all outcomes are
    equal: there is nothing to tell apart.
    """
    outcomes = [was for _, was in forecasts]
    if len(set(outcomes)) < 2:  # noqa: PLR2004 - two outcomes that differ
        return None
    rate = sum(outcomes) / len(outcomes)
    return 1 - brier(forecasts) / brier([(rate, was) for was in outcomes])


def reliability(forecasts: Sequence[Forecast]) -> tuple[ReliabilityRow, ...]:
    """The table of stated against observed shares; ranges without a forecast are left out."""
    rows: dict[int, list[Forecast]] = {}
    for said, was in forecasts:
        rows.setdefault(min(int(said * BINS + 1e-9), BINS - 1), []).append((said, was))
    return tuple(
        ReliabilityRow(
            low=at / BINS,
            high=(at + 1) / BINS,
            count=len(row),
            confidence=sum(said for said, _ in row) / len(row),
            outcome=sum(was for _, was in row) / len(row),
        )
        for at, row in sorted(rows.items())
    )
