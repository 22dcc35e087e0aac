"""The next step that shortens the skill, by what the ledger knows of its rules."""

from __future__ import annotations

from skillopt.core.history.rule_record import rule_record
from skillopt.core.proposals.proposal import Draft
from skillopt.core.proposals.rule_order import Known
from skillopt.core.proposals.shrinking import shrinking
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import RunContext
from skillopt.engine.steps.recall import earlier_rounds


async def next_shrinking(context: RunContext, skill: Skill) -> Draft:
    """A deletion or a merge that this run has not tried; no edits where none is left.

    Args:
        context: a run that shrinks its first version.
        skill: what has come of that so far.
    """
    rounds = await context.ledger.rounds(context.run)
    return shrinking(
        context.first,
        skill,
        tried={round_.proposal.edits for round_ in rounds if round_.proposal},
        known=Known(
            record=rule_record(await earlier_rounds(context)),
            tasks=context.validation_set.split("train"),
        ),
    )
