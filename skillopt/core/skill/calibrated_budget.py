"""The calibrated budget: an optimizer whose predicted gains come true may change more.

Each proposal says by how much it expects the score to rise, and the gate measures that. The record
of both is weighed by a rule that an optimizer cannot gain by boasting:

    trust  = share of predictions that came true x (1 - Brier score / WORTHLESS), at least 0
    factor = 1 + (trust - 1/2) x n / (n + DOUBT)

A prediction comes true if it is above 0 and the measured gain is, too. The Brier score is the mean
squared distance of the two (:mod:`skillopt.core.history.forecasts`). The factor lies between 0.5
and 1.5 and multiplies the width of the adaptive schedule, within the bounds of the plan. Both terms
are largest for honest predictions: an optimizer that always says +1 has no more hits than one that
says what is so, and a worse score. The rule is skillopt's own.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from skillopt.core.value import Value

WORTHLESS = 0.04
"""Brier score at which predictions are worth nothing: 20 points off, in the root mean square."""

DOUBT = 4
"""Predictions that pull as much as there is none: few of them move the factor little."""

Forecast = tuple[float, float]
"""A predicted gain and the measured one, as shares of 1."""


class Calibration(Value):
    """What an optimizer's predicted gains have been worth so far."""

    proposals: int = Field(ge=1)
    """Proposals with a predicted gain other than 0 that the gate measured."""
    hits: int = Field(ge=0)
    """Those that were predicted to gain, and did."""
    error: float = Field(ge=0)
    """Mean squared distance of the two: the Brier score."""
    factor: float
    """What it multiplies the width of the edit budget by."""

    @property
    def told(self) -> str:
        """It in a sentence."""
        return (
            f"edit budget x {self.factor:.2f}: {self.hits} of {self.proposals} predicted gains "
            f"came true, Brier score {self.error:.4f}"
        )


def calibration_of(forecasts: Sequence[Forecast]) -> Calibration | None:
    """The record of predictions; None where there is none. 0 is no prediction."""
    made = [(said, was) for said, was in forecasts if said]
    if not made:
        return None
    hits = sum(said > 0 and was > 0 for said, was in made)
    error = sum((said - was) ** 2 for said, was in made) / len(made)
    return Calibration(
        proposals=len(made),
        hits=hits,
        error=error,
        factor=width_factor(proposals=len(made), hits=hits, error=error),
    )


def width_factor(*, proposals: int, hits: int, error: float) -> float:
    """What the width is multiplied by: 0.5 to 1.5, and 1 without predictions.

    Args:
        proposals: with a prediction.
        hits: predictions that came true, at most ``proposals``.
        error: their Brier score.
    """
    if not proposals:
        return 1.0
    trust = hits / proposals * max(0.0, 1 - error / WORTHLESS)
    return 1 + (trust - 0.5) * proposals / (proposals + DOUBT)
