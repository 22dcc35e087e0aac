"""Measure the first version on the validation tasks, once."""

from __future__ import annotations

from typing import NamedTuple

from skillopt.core.evaluation.answer_faults import answer_fault, counted
from skillopt.core.evaluation.outcomes import told_missing
from skillopt.core.evaluation.rollout import Graded, Missing, Usage
from skillopt.core.events import BaselineDone
from skillopt.core.gate import mean_interval, open_book
from skillopt.core.history.search import Search
from skillopt.engine.context import RunContext
from skillopt.engine.steps.check_guards import check_price
from skillopt.engine.steps.roll_out import roll_out
from skillopt.errors import OutcomesMissing


class Baseline(NamedTuple):
    """Where the search starts."""

    search: Search
    """Before its first round."""
    score: float
    """The first version's mean score."""
    usage: Usage
    """What the rollouts used, those that were paid by an earlier run included."""


async def measure_baseline(context: RunContext) -> Baseline:
    """Run the first version on the validation tasks.

    Raises:
        OutcomesMissing: more validation tasks than the gate allows have no outcome.
        SettingsError: the cost is to be guarded, and no price is known.
    """
    tasks = context.validation_set.split("validation")
    rollouts = await roll_out(context, context.first, [(task, 0) for task in tasks])
    check_price(context, rollouts)
    scores = {rollout.task_id: rollout.score for rollout in rollouts if isinstance(rollout, Graded)}
    missing = 1 - len(scores) / len(tasks)
    if missing > context.settings.gate.max_missing:
        none = (
            f"{len(tasks) - len(scores)} of {len(tasks)} validation tasks have no outcome, more "
            f"than the gate's {context.settings.gate.max_missing:.0%}"
        )
        lost = [rollout for rollout in rollouts if isinstance(rollout, Missing)]
        raise OutcomesMissing(told_missing(lost, have_none=none))
    scored = [task for task in tasks if task.id in scores]
    score, low, high = mean_interval(
        [scores[task.id] for task in scored],
        [task.weight for task in scored],
        [task.cluster for task in scored],
    )
    answers = counted(map(answer_fault, rollouts))
    done = BaselineDone(score=score, tasks=len(scores), low=low, high=high, answers=answers)
    context.emit(done)
    return Baseline(
        search=Search(incumbent=context.first.digest, book=open_book(scores)),
        score=score,
        usage=sum((rollout.usage for rollout in rollouts), Usage()),
    )
