"""What a round proposes: what the optimizer is asked, and which of its answers goes on."""

from __future__ import annotations

from typing import NamedTuple

from skillopt.core.evaluation.rollout import Graded
from skillopt.core.proposals.aims import aims_of
from skillopt.engine.round_evidence import RoundEvidence
from skillopt.engine.round_start import RoundStart
from skillopt.engine.steps.continue_near_miss import or_near_miss
from skillopt.engine.steps.propose import Asked, Question
from skillopt.engine.steps.recall import search_so_far, topic_of
from skillopt.engine.steps.rehearse import rehearse
from skillopt.engine.steps.screen_proposal import as_screened
from skillopt.engine.steps.select_candidate import Selection, select_candidate
from skillopt.engine.steps.take_up import TakenUp


class Proposed(NamedTuple):
    """What was proposed, and on what."""

    question: Question
    shown: tuple[Graded, ...]
    """The train rollouts that the optimizer was shown."""
    tries: tuple[Asked, ...]
    """The first tries, one for each proposal of the round."""


async def question_of(start: RoundStart, evidence: RoundEvidence) -> Question:
    """What the optimizer is asked for a proposal on."""
    observations, critiques = await evidence.observations(), await evidence.critiques()
    refused = await search_so_far(
        start.context,
        start.search,
        run=start.context.run,
        incumbent=start.incumbent,
        topic=topic_of(start.incumbent, observations, critiques),
        observations=observations,
    )
    return Question(
        number=start.number,
        skill=start.incumbent,
        budget=await start.budget(),
        observations=observations,
        critiques=critiques,
        refused=refused,
        leave=start.leave,
        line=start.line,
        earlier=await evidence.alike(told=critiques),
    )


async def select(start: RoundStart, proposed: Proposed, *, taken: TakenUp | None) -> Selection:
    """The proposals after the screen: the one that goes on, and those that lost to it.

    What was taken up has passed the screen; where nothing new came, a near miss may go on.
    """
    if taken is not None:
        return Selection(as_screened(taken.candidate))
    context, proposer = start.context, start.proposer
    selection = await select_candidate(context, proposed.tries, proposer=proposer)
    selection = await rehearse(
        context, proposed.question, selection, shown=proposed.shown, proposer=proposer
    )
    if start.leave is not None:
        return selection
    return or_near_miss(
        start.context,
        start.search,
        selection,
        incumbent=start.incumbent,
        budget=await start.budget(),
    )


async def aims(
    selection: Selection, evidence: RoundEvidence, *, taken: TakenUp | None
) -> tuple[str, ...]:
    """The train tasks that the chosen proposal is meant to fix."""
    if taken is not None:
        return taken.source.aims
    if selection.continues is not None:
        return selection.continues.aims
    if (proposal := selection.chosen.proposal) is None:
        return ()
    return aims_of(proposal.draft, await evidence.observations(), await evidence.critiques())
