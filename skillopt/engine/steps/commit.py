"""Write a decided round to the ledger."""

from __future__ import annotations

from skillopt.core.events import RoundDecided
from skillopt.core.history.run import Round
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import RunContext


async def commit(context: RunContext, round_: Round, candidate: Skill | None) -> Round:
    """Write the round and its candidate's text in one transaction; twice changes nothing."""
    await context.ledger.add_round(round_, candidate)
    context.emit(RoundDecided(round=round_))
    return round_
