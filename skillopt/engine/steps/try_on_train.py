"""Run a refused candidate on the train tasks its proposal was shown: what it fixed and broke.

This may be shown in full. It does not touch the validation tasks, and the optimizer has seen
these tasks with the incumbent's answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from skillopt.core.evaluation.rollout import Graded, Rollout
from skillopt.core.proposals.refusal import TrainEffect
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import RunContext
from skillopt.engine.steps.roll_out import roll_out
from skillopt.errors import SpendExhausted

CHEAP = 12
"""Rollouts that are made without being asked for; a contest at the gate takes some dozens."""


async def try_on_train(
    context: RunContext, candidate: Skill, *, shown: Sequence[Graded], aims: Sequence[str]
) -> TrainEffect | None:
    """What ``candidate`` did where the incumbent made ``shown``.

    None where the setting says no, or the limits leave no room: the round is decided either way.

    Args:
        context: the run.
        candidate: the refused version.
        shown: the incumbent's rollouts that the proposal was made from.
        aims: ids of the tasks it was meant to fix.
    """
    wanted = context.settings.conditioning.train_check
    if wanted is None:
        tried = _few(shown, aims) if context.deterministic else []
    else:
        tried = list(shown) if wanted else []
    if not tried:
        return None
    tasks = {task.id: task for task in context.validation_set.split("train")}
    wishes = [(tasks[rollout.task_id], rollout.key.trial) for rollout in tried]
    try:
        made = await roll_out(context, candidate, wishes)
    except SpendExhausted:
        return None
    return _effect(_means(tried), _means(made))


def _few(shown: Sequence[Graded], aims: Sequence[str]) -> list[Graded]:
    """What it was meant to fix, then what it can break, then the rest, as far as it is cheap."""
    order = sorted(shown, key=lambda run: (run.task_id not in aims, not run.passed))
    return order[:CHEAP]


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
