"""Write a decided round to the ledger."""

from __future__ import annotations

from skillopt.core.events import RoundDecided
from skillopt.core.history.run import Round
from skillopt.core.skill.diff import skill_diff
from skillopt.core.skill.edit import Misfit, apply
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import RunContext


async def commit(
    context: RunContext, round_: Round, *, incumbent: Skill, candidate: Skill | None
) -> Round:
    """Write the round and its candidate's text in one transaction; twice changes nothing."""
    await context.ledger.add_round(round_, candidate)
    context.emit(RoundDecided(round=round_, diff=_diff(round_, incumbent, candidate)))
    return round_


def _diff(round_: Round, incumbent: Skill, candidate: Skill | None) -> tuple[str, ...]:
    """What the proposal changes, also where the screen refused it."""
    if candidate is None and round_.proposal is not None:
        made = apply(incumbent, round_.proposal.edits)
        candidate = None if isinstance(made, Misfit) else made
    return skill_diff(incumbent, candidate) if candidate else ()
