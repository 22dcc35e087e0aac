"""Let the judge compare the answers of candidates that the race could not tell apart."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import Field

from skillopt.core.evaluation.checks import Rubric
from skillopt.core.evaluation.task import Task
from skillopt.core.events import JudgeCompared
from skillopt.core.proposals.comparison import (
    Answers,
    Better,
    Duel,
    Said,
    duel,
    order_of,
    ranking,
    tasks_to_compare,
)
from skillopt.core.proposals.train_race import Result
from skillopt.core.quoting import json_text
from skillopt.core.replies import BadReply
from skillopt.core.value import Value
from skillopt.engine import off_loop
from skillopt.engine.context import TuningContext
from skillopt.engine.prompts import question
from skillopt.engine.steps.paid_reply import paid_reply
from skillopt.errors import CallFailed
from skillopt.ports import Model


class Preference(Value):
    """A judge's reply: which of two answers is better."""

    why: str = Field(default="", max_length=2000)
    """One sentence."""
    better: Better


class Raced(NamedTuple):
    """The end of a race, and what was answered in it."""

    result: Result
    tasks: tuple[str, ...]
    """Ids, in the order in which they were run."""
    answers: Answers
    keys: tuple[str, ...]
    """Digests of the keys of the rollouts."""


async def compare_answers(context: TuningContext, raced: Raced, *, number: int) -> tuple[Duel, ...]:
    """The comparisons, in order: the winner of the last one is tested, or that of the race.

    The one that is ahead meets the others in the order of their scores; who wins goes on. Nothing
    is compared where no judge is asked to.

    Raises:
        RunStopped: the judge's provider refuses every call.
        SpendExhausted: a limit leaves no room for the judge's call.
    """
    if context.comparer is None:
        return ()
    tasks = {task.id: task for task in context.validation_set.split("train")}
    judged = [name for name, task in tasks.items() if _only_judged(task)]
    stands, *others = ranking(raced.result)
    duels: list[Duel] = []
    for other in others:
        compared = tasks_to_compare(
            stands, other, order=raced.tasks, judged=judged, answers=raced.answers
        )
        if not compared:
            continue
        said = [
            await _said(context, context.comparer, raced, (stands, other), tasks[task], number)
            for task in compared
        ]
        duels.append(duel(stands, other, said))
        stands = duels[-1].winner
    return tuple(duels)


async def _said(
    context: TuningContext,
    judge: Model,
    raced: Raced,
    pair: tuple[str, str],
    task: Task,
    number: int,
) -> Said:
    """The judge's replies on one task, in both orders."""
    order = order_of(task.id, seed=context.settings.seed, number=number, pair=pair)
    named = dict(zip(("stands", "challenges"), pair, strict=True))
    first, second = (raced.answers[named[side], task.id].answer for side in order)
    key = f"{number}/compare/{pair[0][:12]}/{pair[1][:12]}/{task.id}"
    return Said(
        order,
        (
            await _better(context, judge, f"{key}/1", task, (first, second)),
            await _better(context, judge, f"{key}/2", task, (second, first)),
        ),
    )


async def _better(
    context: TuningContext, judge: Model, key: str, task: Task, answers: tuple[str, str]
) -> Better | None:
    """Which answer the judge calls better; None where it gives no verdict that can be read."""
    data = {
        "criteria": json_text(_criteria(context, task)),
        "input": task.text,
        "expected": json_text(task.expected),
        "first": answers[0],
        "second": answers[1],
    }
    messages = question("compare", data, shape=Preference)
    try:
        reply, fresh = await paid_reply(context, key, messages, model=judge, shape=Preference)
    except CallFailed:
        return None
    if fresh:
        context.emit(JudgeCompared(usage=reply.usage))
    try:
        read = await off_loop.read_as(reply, Preference)
    except BadReply:
        return None
    return read.content.better


def _criteria(context: TuningContext, task: Task) -> dict[str, str]:
    """What the task's checks ask for, in words; how they look for it stays with the grader."""
    known = context.grader.criteria
    said: dict[str, str] = {}
    for check in task.checks:
        if isinstance(check, Rubric):
            said |= {name: known.get(name, name) for name in check.criteria}
        elif name := check.criterion:
            said[name] = check.says or known.get(name, name)
    return said


def _only_judged(task: Task) -> bool:
    return all(isinstance(check, Rubric) for check in task.checks)
