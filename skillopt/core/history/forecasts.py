"""The optimizer's predicted gains against the gains that the gate measured.

A predicted gain is a forecast of a mean, so it is scored as the Brier score scores a forecast of
0 or 1: by the mean squared distance to what happened, which only the true expectation minimizes.
"""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from skillopt.core.history.run import Round
from skillopt.core.history.waiting import is_own_version
from skillopt.core.skill.calibrated_budget import Forecast
from skillopt.core.value import Value

_NOTHING = 1e-12


class Forecasts(Value):
    """How well the optimizer's predictions fit; shares of 1, as gains are."""

    proposals: int = Field(ge=1)
    """Proposals with a predicted gain other than 0 that the gate measured."""
    predicted: float
    """Mean predicted gain."""
    measured: float
    """Mean measured gain, on the validation tasks that the gate ran."""
    error: float = Field(ge=0)
    """Mean squared distance (the Brier score of a forecast of a number); 0 is perfect. The noise of
    the measured gains is part of it."""
    skill: float | None
    """1 - error / that of always predicting no gain: above 0 the predictions are worth something,
    below 0 they mislead. None where no gain but 0 was measured."""


def forecasts_of(
    *, proposals: int, predicted: float, measured: float, errors: float, squares: float
) -> Forecasts | None:
    """From sums over proposals; None where there are none.

    Args:
        proposals: how many.
        predicted: sum of predicted gains.
        measured: sum of measured gains.
        errors: sum of squared distances between the two.
        squares: sum of squared measured gains.
    """
    if not proposals:
        return None
    return Forecasts(
        proposals=proposals,
        predicted=predicted / proposals,
        measured=measured / proposals,
        error=max(0.0, errors) / proposals,
        skill=1 - errors / squares if squares > _NOTHING else None,
    )


def forecasts_in(rounds: Iterable[Round]) -> list[Forecast]:
    """The predicted and the measured gain of each proposal that has both.

    A proposal that was taken up from an earlier run, or whose contest went on, counts once: there.
    """
    found: list[Forecast] = []
    for round_ in rounds:
        again = round_.taken_from or round_.continues or is_own_version(round_)
        verdict = round_.decision.verdict
        if round_.proposal and verdict and verdict.gain is not None and not again:
            found.append((round_.proposal.draft.predicted_gain, verdict.gain))
    return found
