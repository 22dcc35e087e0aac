"""Put a proposal through the screen, and have it repaired once where it does not pass."""

from __future__ import annotations

from typing import NamedTuple

from skillopt.core.history.run import RefusedTry
from skillopt.core.proposals.collapse import staying
from skillopt.core.proposals.proposal import Candidate, Draft, Proposal
from skillopt.core.proposals.refusal import Stage
from skillopt.core.proposals.reopening import failing_now
from skillopt.core.proposals.screen import Screened, screen, screen_text
from skillopt.engine.context import TuningContext
from skillopt.engine.steps.propose import Question, Try
from skillopt.engine.steps.proposers import Proposer
from skillopt.engine.steps.recall import known_refusals


class Screening(NamedTuple):
    """What the screen made of a proposal."""

    proposal: Proposal | None
    """None where the optimizer's reply could not be read."""
    repaired: bool
    """The JSON of its reply had errors of syntax that were fixed."""
    first_try: RefusedTry | None
    """The try before it, where the first one was refused."""
    result: Candidate | Screened
    """The candidate, or why there is none."""


def as_screened(candidate: Candidate) -> Screening:
    """A candidate that has passed the screen already."""
    return Screening(candidate.proposal, repaired=False, first_try=None, result=candidate)


async def screen_proposal(
    context: TuningContext, asked: Question, first: Try, *, proposer: Proposer
) -> Screening:
    """The screen's result on the first try, or on the second where there is one."""
    proposal, screened = await _screened(context, asked, first)
    if isinstance(screened, Candidate) or not screened.can_be_repaired:
        return Screening(proposal, first.repaired, None, screened)
    refused = refused_try(proposal, screened, repaired=first.repaired)
    second = await proposer.repair(context, asked, first, screened.reason)
    proposal, screened = await _screened(context, asked, second)
    return Screening(proposal, second.repaired, refused, screened)


def refused_try(proposal: Proposal | None, screened: Screened, *, repaired: bool) -> RefusedTry:
    """A refused proposal, as the round keeps it beside the one that it went on with."""
    return RefusedTry(
        proposal=proposal,
        repaired=repaired,
        stage=screened.stage,
        code=screened.code,
        reason=screened.reason,
        known=screened.known,
        leaks=screened.leaks,
        content=screened.content,
    )


async def _screened(
    context: TuningContext, asked: Question, tried: Try
) -> tuple[Proposal | None, Candidate | Screened]:
    if not isinstance(tried.draft, Draft):
        complaint = Screened(stage=Stage.REPLY, code="bad_reply", reason=str(tried.draft))
        return None, complaint
    proposal = Proposal(parent=asked.skill.digest, draft=tried.draft)
    screened = screen(
        proposal,
        skill=asked.skill,
        budget=asked.budget,
        known=await known_refusals(
            context,
            proposal,
            incumbent=asked.skill,
            failing=failing_now(asked.observations),
        ),
        scope=context.edit_scope,
    )
    screened = screen_text(
        screened,
        incumbent=asked.skill,
        first=context.first,
        index=context.validation_set.leak_index,
        leak_policy=context.settings.leak_screen,
        content_policy=context.settings.content_policy,
    )
    return proposal, _bound(asked, screened)


def _bound(asked: Question, screened: Candidate | Screened) -> Candidate | Screened:
    """A candidate that stays in the mode it was asked to leave goes no further."""
    if asked.leave is None or isinstance(screened, Screened):
        return screened
    reason = staying(asked.leave, screened.proposal, skill=asked.skill, versions=asked.line)
    if reason is None:
        return screened
    return Screened(stage=Stage.SCREEN, code="collapsed", reason=reason)
