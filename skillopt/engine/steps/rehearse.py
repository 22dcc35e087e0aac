"""Rehearse a proposal on train tasks that it was not shown, and have it revised before the gate."""

from __future__ import annotations

from collections.abc import Sequence

from skillopt.core.evaluation.rollout import Graded, Rollout
from skillopt.core.proposals.aims import aims_of
from skillopt.core.proposals.loser import Loser, loser_of
from skillopt.core.proposals.proposal import Candidate
from skillopt.core.proposals.refusal import TrainEffect
from skillopt.core.proposals.rehearsal import (
    Rehearsal,
    clearly_harmful,
    is_better,
    rehearsal_lost,
    rehearsed,
)
from skillopt.core.proposals.sampling import observe
from skillopt.core.skill.changes import changes_of
from skillopt.engine.context import TuningContext
from skillopt.engine.steps.propose import Question, propose
from skillopt.engine.steps.proposers import Proposer
from skillopt.engine.steps.roll_out import Wish, roll_out
from skillopt.engine.steps.screen_proposal import Screening, screen_proposal
from skillopt.engine.steps.select_candidate import Selection
from skillopt.engine.steps.try_on_train import effect_of
from skillopt.errors import SpendExhausted


async def rehearse(
    context: TuningContext,
    asked: Question,
    selection: Selection,
    *,
    shown: Sequence[Graded],
    proposer: Proposer,
) -> Selection:
    """The selection after a rehearsal: as it was, revised, or refused as clearly harmful.

    As it was where the settings say no, where nothing broke, or where the limits leave no room.

    Args:
        context: the run.
        asked: what the proposal was asked for on.
        selection: the proposal that goes on.
        shown: the incumbent's rollouts that it was made from.
        proposer: who made it.
    """
    candidate = selection.chosen.result
    tested = len(context.validation_set.split("validation"))
    wanted = context.settings.rehearses(tested=tested, deterministic=context.deterministic)
    if not wanted or not isinstance(candidate, Candidate):
        return selection
    tasks = rehearsed(
        context.validation_set.split("train"),
        changes_of(asked.skill, candidate.proposal.edits),
        shown={run.task_id for run in shown},
        tested=tested,
    )
    wishes = [(task, 0) for task in tasks]
    try:
        return await _rehearsed(context, asked, selection, wishes, shown=shown, proposer=proposer)
    except SpendExhausted:
        return selection


async def _rehearsed(
    context: TuningContext,
    asked: Question,
    selection: Selection,
    wishes: Sequence[Wish],
    *,
    shown: Sequence[Graded],
    proposer: Proposer,
) -> Selection:
    chosen = selection.chosen
    assert isinstance(chosen.result, Candidate)
    if not wishes:
        return selection
    before = await roll_out(context, asked.skill, wishes)
    first = effect_of(before, await roll_out(context, chosen.result.skill, wishes))
    if not first.broke:
        return selection
    again = _asked_again(context, asked, (shown, before), chosen.result, first)
    tried = await propose(context, again)
    revised = await screen_proposal(context, again, tried, proposer=proposer)
    if isinstance(revised.result, Candidate) and revised.result.skill != chosen.result.skill:
        second = effect_of(before, await roll_out(context, revised.result.skill, wishes))
        if is_better(second, first):
            lost = _loser(asked, chosen, first)
            return selection._replace(chosen=revised, losers=(*selection.losers, lost))
    if not clearly_harmful(first):
        return selection
    harmful = chosen._replace(result=rehearsal_lost(first))
    return selection._replace(chosen=harmful, rehearsed=first)


def _asked_again(
    context: TuningContext,
    asked: Question,
    runs: tuple[Sequence[Graded], Sequence[Rollout]],
    candidate: Candidate,
    effect: TrainEffect,
) -> Question:
    """The question with what the proposal broke, and what else fails there, in the evidence."""
    shown, before = runs
    there = [run for run in before if isinstance(run, Graded)]
    broken = [run for run in there if run.task_id in effect.broke]
    failing = [run for run in there if not run.passed and run not in broken]
    seen = observe(
        (*shown, *broken, *failing),
        context.validation_set.split("train"),
        loads=context.loaded_name(asked.skill),
    )
    at = {one.task: one.rollout for one in seen}
    told = Rehearsal(
        proposed=candidate.proposal.draft,
        fixed=tuple(at[task] for task in effect.mended if task in at),
        broke=tuple(at[task] for task in effect.broke if task in at),
    )
    return asked._replace(observations=seen, rehearsal=told)


def _loser(asked: Question, chosen: Screening, effect: TrainEffect) -> Loser:
    candidate = chosen.result
    assert isinstance(candidate, Candidate)
    draft = candidate.proposal.draft
    return loser_of(
        asked.skill,
        candidate.proposal,
        rehearsal_lost(effect),
        angle=None,
        candidate=candidate,
        aims=aims_of(draft, asked.observations, asked.critiques),
    )
