"""What a rejected candidate teaches, beyond that it was rejected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from skillopt.core.evaluation.rollout import Graded
from skillopt.core.gate import Outcome, Verdict
from skillopt.core.proposals.proposal import Candidate, Proposal
from skillopt.core.proposals.refusal import Part, TrainEffect
from skillopt.core.skill.changes import changes_of
from skillopt.engine.round_start import RoundStart
from skillopt.engine.steps.ablate import ablate, is_worth_it
from skillopt.engine.steps.select_candidate import Selection
from skillopt.engine.steps.try_on_train import Refused, try_on_train


class Lessons(NamedTuple):
    """What later rounds learn of a rejected candidate."""

    train: TrainEffect | None = None
    """What it did on train tasks."""
    parts: tuple[Part, ...] = ()
    """How its edits fare alone."""


async def lessons_of(
    start: RoundStart,
    selection: Selection,
    verdict: Verdict | None,
    *,
    shown: Sequence[Graded],
    aims: Sequence[str],
) -> Lessons:
    """What the round's candidate teaches; nothing unless the gate rejected it.

    Args:
        start: the round.
        selection: with the candidate.
        verdict: the gate's.
        shown: the train rollouts that the optimizer was shown.
        aims: ids of the train tasks that the candidate was meant to fix.
    """
    screened = selection.chosen.result
    if not isinstance(screened, Candidate) or verdict is None:
        return Lessons()
    if verdict.outcome is not Outcome.REJECTED:
        return Lessons()
    changes = changes_of(start.incumbent, screened.proposal.edits)
    refused = Refused(screened.skill, start.incumbent, changes)
    train = await try_on_train(start.context, refused, shown=shown, aims=aims)
    return Lessons(train, await _parts(start, screened.proposal))


async def _parts(start: RoundStart, proposal: Proposal) -> tuple[Part, ...]:
    if not is_worth_it(start.context, proposal):
        return ()
    alone = await ablate(
        start.context,
        start.search,
        incumbent=start.incumbent,
        proposal=proposal,
        number=start.number,
    )
    return tuple(one.part for one in alone)
