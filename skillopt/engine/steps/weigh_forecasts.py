"""Weigh what the optimizer predicted so far against what the gate measured."""

from __future__ import annotations

from skillopt.core.history.forecasts import forecasts_in
from skillopt.core.skill.calibrated_budget import Calibration, calibration_of
from skillopt.engine.context import RunContext

MOST_FORECASTS = 40
"""Decided rounds that are looked at, the newest of this skill and optimizer."""


async def weigh_forecasts(context: RunContext) -> Calibration | None:
    """The optimizer's calibration in this run and earlier ones on the skill.

    None where the edit budget does not follow it, or there are no predictions yet.
    """
    if not context.settings.budget.calibrated_budget:
        return None
    rounds = await context.ledger.optimizer_rounds(context.run, most=MOST_FORECASTS)
    return calibration_of(forecasts_in(rounds))
