"""Run a refused candidate on train tasks: what it fixed and broke.

This may be shown in full. It does not touch the validation tasks. The tasks are those that the
proposal was shown and, with lessons, those that its words touch, shown or not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from skillopt.core.evaluation.rollout import Graded, Rollout
from skillopt.core.proposals.lessons import AIMS, CHEAP, touched
from skillopt.core.proposals.refusal import TrainEffect
from skillopt.core.skill.changes import Change
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import RunContext
from skillopt.engine.steps.roll_out import roll_out
from skillopt.errors import SpendExhausted


class Refused(NamedTuple):
    """A candidate that was refused, and where it came from."""

    skill: Skill
    incumbent: Skill
    changes: Sequence[Change] = ()
    """What it changes, by statement."""


async def try_on_train(
    context: RunContext, refused: Refused, *, shown: Sequence[Graded], aims: Sequence[str]
) -> TrainEffect | None:
    """What the candidate did where the incumbent made ``shown``, and where its words reach.

    None where the setting says no, or the limits leave no room: the round is decided either way.

    Args:
        context: the run.
        refused: the refused version.
        shown: the incumbent's rollouts that the proposal was made from.
        aims: ids of the tasks it was meant to fix.
    """
    wanted = context.settings.conditioning.train_check
    if wanted is False or (wanted is None and not context.deterministic):
        return None
    asked = [(run.task_id, run.key.trial) for run in _ordered(shown, aims)]
    if context.settings.conditioning.lessons:
        reached = touched(context.validation_set.split("train"), refused.changes)
        also = [(task.id, 0) for task in reached if task.id not in aims][: CHEAP - AIMS]
        asked = list(dict.fromkeys((*asked[: AIMS if also else CHEAP], *also, *asked)))
    tasks = {task.id: task for task in context.validation_set.split("train")}
    few = asked if wanted else asked[:CHEAP]
    if not few:
        return None
    wishes = [(tasks[name], trial) for name, trial in few]
    try:
        before = await roll_out(context, refused.incumbent, wishes)
        after = await roll_out(context, refused.skill, wishes)
    except SpendExhausted:
        return None
    return effect_of(before, after)


def effect_of(before: Sequence[Rollout], after: Sequence[Rollout]) -> TrainEffect:
    """What changed from one version's rollouts to another one's."""
    return _effect(_means(before), _means(after))


def _ordered(shown: Sequence[Graded], aims: Sequence[str]) -> list[Graded]:
    """What it was meant to fix, then what it can break, then the rest."""
    return sorted(shown, key=lambda run: (run.task_id not in aims, not run.passed))


def _means(rollouts: Sequence[Rollout]) -> dict[str, float]:
    scores: dict[str, list[float]] = defaultdict(list)
    for rollout in rollouts:
        if isinstance(rollout, Graded):
            scores[rollout.task_id].append(rollout.score)
    return {task: sum(runs) / len(runs) for task, runs in scores.items()}


def _effect(before: dict[str, float], after: dict[str, float]) -> TrainEffect:
    both = [task for task in before if task in after]
    mended = tuple(task for task in both if after[task] > before[task])
    broke = tuple(task for task in both if after[task] < before[task])
    return TrainEffect(mended=mended, broke=broke, same=len(both) - len(mended) - len(broke))
