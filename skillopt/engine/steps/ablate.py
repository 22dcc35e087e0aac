"""Try the edits of a refused bundle one by one, so that a good one is not buried with a bad one.

The same gate tests each edit against the same incumbent. The result is one word per edit,
for the ledger: no edit gets into the skill by it, and a good one has to be proposed again.
"""

from __future__ import annotations

from typing import NamedTuple

from skillopt.core.gate import Outcome, Verdict
from skillopt.core.history.search import Search
from skillopt.core.proposals.proposal import Proposal
from skillopt.core.proposals.refusal import Part, PartOutcome
from skillopt.core.skill.edit import Edit, Misfit, apply
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import RunContext
from skillopt.engine.steps.run_contest import run_contest
from skillopt.errors import SpendExhausted


def is_worth_it(context: RunContext, proposal: Proposal) -> bool:
    """Whether a refused proposal's edits are tried alone: where that was asked for.

    Each edit costs a contest of its own. On the sample skills that doubled the bill and gained
    nothing, so it is not done unasked, however cheap a rollout may be.
    """
    return context.settings.conditioning.ablate and len(proposal.edits) > 1


class EditAlone(NamedTuple):
    """One edit of a bundle, tested alone."""

    part: Part
    """What the ledger keeps of it."""
    verdict: Verdict | None
    """The gate's; None for an edit that does not fit without the others."""


async def ablate(
    context: RunContext, search: Search, *, incumbent: Skill, proposal: Proposal, number: int
) -> tuple[EditAlone, ...]:
    """How each edit of ``proposal`` fares alone; nothing where the limits leave no room.

    Args:
        context: the run.
        search: the search before the proposal was decided.
        incumbent: the version that the proposal was written for.
        proposal: a refused one with several edits.
        number: its round.
    """
    try:
        return tuple(
            [
                await _alone(context, search, incumbent, index, edit, number)
                for index, edit in enumerate(proposal.edits)
            ]
        )
    except SpendExhausted:
        return ()


async def _alone(
    context: RunContext, search: Search, incumbent: Skill, index: int, edit: Edit, number: int
) -> EditAlone:
    candidate = apply(incumbent, (edit,))
    if isinstance(candidate, Misfit):
        return EditAlone(Part(edit=index, outcome="unfit"), None)
    verdict = await run_contest(
        context, search, incumbent=incumbent, candidate=candidate, number=number
    )
    return EditAlone(Part(edit=index, outcome=_outcome(verdict)), verdict)


def _outcome(verdict: Verdict) -> PartOutcome:
    match verdict.outcome:
        case Outcome.ACCEPTED:
            return "accepted"
        case Outcome.REJECTED:
            return "rejected"
        case Outcome.INCONCLUSIVE:
            return "inconclusive"
