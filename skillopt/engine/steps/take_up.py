"""Take up what an earlier run has accepted for the same version, before the optimizer is asked."""

from __future__ import annotations

from typing import NamedTuple

from skillopt.core.history.run import Round
from skillopt.core.history.warm_start import worth_taking_up
from skillopt.core.proposals.proposal import Candidate, Proposal
from skillopt.core.proposals.screen import screen, screen_text
from skillopt.core.skill.edit_budget import EditBudget
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import RunContext
from skillopt.engine.steps.recall import known_refusals

MOST_EARLIER = 16
"""Accepted rounds of one version that are looked at: the newest."""


class TakenUp(NamedTuple):
    """An accepted proposal of an earlier run, as a candidate of this one."""

    source: Round
    candidate: Candidate


async def take_up(context: RunContext, incumbent: Skill, *, budget: EditBudget) -> TakenUp | None:
    """The best that an earlier run accepted for ``incumbent`` and that passes the screen.

    None where there is none, the settings say no, or the run is on a baseline's own proposals.

    Args:
        context: the run.
        incumbent: the version to beat.
        budget: the bounds of this round.
    """
    conditioning, own = context.settings.conditioning, context.settings.proposer != "critique"
    if own or not (conditioning.enabled and conditioning.warm_start):
        return None
    earlier = await context.ledger.accepted(
        [context.skill_id], parent=incumbent.digest, most=MOST_EARLIER
    )
    here = {"parent": incumbent.digest, "context": context.fact}
    for source in worth_taking_up(earlier, run=context.run, **here):
        assert source.proposal is not None
        proposal = Proposal(parent=incumbent.digest, draft=source.proposal.draft)
        known = await known_refusals(context, proposal, incumbent=incumbent, failing=None)
        screened = screen_text(
            screen(
                proposal,
                skill=incumbent,
                budget=budget,
                known=known,
                scope=context.edit_scope,
            ),
            incumbent=incumbent,
            first=context.first,
            index=context.validation_set.leak_index,
            leak_policy=context.settings.leak_screen,
            content_policy=context.settings.content_policy,
        )
        if isinstance(screened, Candidate):
            return TakenUp(source, screened)
    return None
