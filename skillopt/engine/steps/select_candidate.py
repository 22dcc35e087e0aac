"""Choose the proposal of a round that goes to the gate: the screen, then a race on train tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from skillopt.core.evaluation.rollout import Graded, Rollout
from skillopt.core.history.near_miss import NearMiss
from skillopt.core.proposals.aims import aims_of
from skillopt.core.proposals.comparison import Answered, Duel
from skillopt.core.proposals.loser import (
    Loser,
    comparison_lost,
    loser_of,
    race_lost,
    same_as_another,
)
from skillopt.core.proposals.proposal import Candidate, Proposal
from skillopt.core.proposals.refusal import TrainEffect
from skillopt.core.proposals.screen import Screened
from skillopt.core.proposals.train_race import (
    Entrant,
    Place,
    Race,
    Ran,
    Result,
    advance,
    race_order,
)
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import TuningContext
from skillopt.engine.steps.compare_answers import Raced, compare_answers
from skillopt.engine.steps.propose import Asked, Question
from skillopt.engine.steps.proposers import Proposer
from skillopt.engine.steps.roll_out import roll_out
from skillopt.engine.steps.screen_proposal import Screening, screen_proposal


class Selection(NamedTuple):
    """The proposals of a round, sorted."""

    chosen: Screening
    """What goes on: the winner, or where none passed the screen the first one."""
    losers: tuple[Loser, ...] = ()
    raced: tuple[str, ...] = ()
    """Digests of the keys of the rollouts that compared them."""
    compared: tuple[Duel, ...] = ()
    """The judge's comparisons of their answers, in order."""
    rehearsed: TrainEffect | None = None
    """What the rehearsal showed of a proposal that is refused for it."""
    continues: NearMiss | None = None
    """The near miss that is continued in their place."""


class _Contender(NamedTuple):
    asked: Asked
    screening: Screening

    @property
    def skill(self) -> Skill | None:
        """The version it makes; None where it did not pass the screen."""
        result = self.screening.result
        return result.skill if isinstance(result, Candidate) else None


async def select_candidate(
    context: TuningContext, proposed: Sequence[Asked], *, proposer: Proposer
) -> Selection:
    """The winner of the round's proposals; a single one is screened and nothing more."""
    contenders = [
        _Contender(asked, await screen_proposal(context, *asked, proposer=proposer))
        for asked in proposed
    ]
    versions: dict[str, Skill] = {}
    for one in contenders:
        if one.skill:
            versions.setdefault(one.skill.digest, one.skill)
    raced: Raced | None = None
    compared: tuple[Duel, ...] = ()
    if len(versions) > 1:
        number = proposed[0].question.number
        raced = await _raced(context, tuple(versions.values()), number=number)
        compared = await compare_answers(context, raced, number=number)
    chosen = _chosen(contenders, _winner(versions, raced, compared))
    result = raced.result if raced else None
    losers = (_loser(one, result, compared) for one in contenders if one is not chosen)
    return Selection(chosen.screening, tuple(losers), raced.keys if raced else (), compared)


def _winner(
    versions: Mapping[str, Skill], raced: Raced | None, compared: Sequence[Duel]
) -> str | None:
    """The version that goes on; None where no proposal passed the screen."""
    if compared:
        return compared[-1].winner
    return raced.result.winner if raced else next(iter(versions), None)


async def _raced(context: TuningContext, versions: Sequence[Skill], *, number: int) -> Raced:
    """The race's end, after all the rollouts it asks for."""
    settings = context.settings
    tasks = {task.id: task for task in context.validation_set.split("train")}
    race = Race(
        entrants=tuple(Entrant(name=one.digest, chars=one.chars) for one in versions),
        tasks=race_order(tuple(tasks), seed=settings.seed, number=number),
        prefer=settings.prefer,
    )
    runs: dict[tuple[str, str], Ran | None] = {}
    answers: dict[tuple[str, str], Answered] = {}
    keys: list[str] = []
    while not isinstance(step := advance(race, runs), Result):
        for skill in versions:
            wanted = [wish.task for wish in step if wish.entrant == skill.digest]
            made = await roll_out(context, skill, [(tasks[task], 0) for task in wanted])
            for task, rollout in zip(wanted, made, strict=True):
                runs[skill.digest, task] = _ran(rollout)
                keys.append(rollout.key.digest)
                if isinstance(rollout, Graded):
                    answers[skill.digest, task] = Answered(rollout.score, rollout.answer)
    return Raced(step, race.tasks, answers, tuple(keys))


def _ran(rollout: Rollout) -> Ran | None:
    return Ran(rollout.score, rollout.usage.cost) if isinstance(rollout, Graded) else None


def _chosen(contenders: Sequence[_Contender], winner: str | None) -> _Contender:
    """The first that makes the winner; where nobody passed the screen the first of all."""
    made = (one for one in contenders if one.skill and one.skill.digest == winner)
    return next(made, contenders[0])


def _loser(one: _Contender, result: Result | None, compared: Sequence[Duel]) -> Loser:
    asked, screening = one.asked.question, one.screening
    candidate = screening.result if isinstance(screening.result, Candidate) else None
    place = _place(candidate, result)
    beaten = _beaten(candidate, compared)
    if isinstance(screening.result, Screened):
        lost = screening.result
    elif beaten is not None:
        lost = comparison_lost(beaten)
    elif result is not None and place is not None and place.lost:
        lost = race_lost(place, result)
    else:
        lost = same_as_another()
    return loser_of(
        asked.skill,
        screening.proposal,
        lost,
        angle=asked.angle.name if asked.angle else None,
        candidate=candidate,
        place=place,
        aims=_aims(screening.proposal, asked),
    )


def _beaten(candidate: Candidate | None, compared: Sequence[Duel]) -> Duel | None:
    """The comparison that the candidate lost; None where the judge preferred nothing to it."""
    digest = candidate.skill.digest if candidate else None
    return next((one for one in compared if one.decided and one.loser == digest), None)


def _aims(proposal: Proposal | None, asked: Question) -> tuple[str, ...]:
    return aims_of(proposal.draft, asked.observations, asked.critiques) if proposal else ()


def _place(candidate: Candidate | None, result: Result | None) -> Place | None:
    if candidate is None or result is None:
        return None
    return next(place for place in result.places if place.name == candidate.skill.digest)
