"""Grade an answer: run every check of its task."""

from __future__ import annotations

from skillopt.core.evaluation.checks import (
    Check,
    CheckResult,
    Command,
    File,
    Python,
    Rubric,
    TraceCheck,
)
from skillopt.core.evaluation.grading import grade_check, task_score
from skillopt.core.evaluation.produced import NOTHING, Produced
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.evaluation.task import Task
from skillopt.core.evaluation.trace import Trace
from skillopt.core.evaluation.trace_grading import grade_trace
from skillopt.core.value import Value
from skillopt.engine.context import Grader
from skillopt.engine.steps.judge import judge
from skillopt.errors import ChargedError, InputError


class Grade(Value):
    """What the checks of a task found in an answer."""

    results: tuple[CheckResult, ...]
    """One per check in the checks' order, and for a rubric one per criterion of it."""
    score: float
    usage: Usage
    """What the judge used."""


async def grade(
    task: Task,
    answer: str,
    *,
    grader: Grader,
    trace: Trace | None = None,
    produced: Produced = NOTHING,
) -> Grade:
    """Grade ``answer`` by every check of ``task``, those of the answer alone first.

    Args:
        task: has the checks.
        answer: the text.
        grader: runs what touches the world.
        trace: what the target did on the way; None where it does not say.
        produced: what the target has left beside the text.

    Raises:
        CallFailed: a check could not be had; its rollout is missing.
        RunStopped: the judge's provider refuses every call.
        SpendExhausted: a limit leaves no room for the judge's call.
        InputError: a rubric without a judge, a callable that is not there, or a check of tool calls
            on a target that gives no trace.
    """
    # A judge is paid for: whatever may fail for nothing comes first.
    order = sorted(range(len(task.checks)), key=lambda index: _price(task.checks[index]))
    found: dict[int, tuple[CheckResult, ...]] = {}
    usage = Usage()
    for index in order:
        check = task.checks[index]
        if isinstance(check, Rubric):
            try:
                found[index], used = await _judged(check, task, answer, grader)
            except ChargedError as error:
                error.charge(usage)
                raise
            usage += used
        elif isinstance(check, Python | Command | File):
            found[index] = (await grader.runner.run(check, answer, task, produced=produced),)
        elif isinstance(check, TraceCheck):
            found[index] = (grade_trace(check, _trace(check, task, trace)),)
        else:
            found[index] = (grade_check(check, answer, task),)
    results = tuple(result for index in sorted(found) for result in found[index])
    return Grade(results=results, score=task_score(task, results), usage=usage)


def _trace(check: TraceCheck, task: Task, trace: Trace | None) -> Trace:
    if trace is None:
        raise InputError(
            f"task {task.id!r} has a `{check.type}` check, and the target says nothing of its tool "
            "calls; return a skillopt.Answer with a `trace` (an empty one for no calls) from it, "
            "or remove the check: docs/frameworks.md shows how"
        )
    return trace


async def _judged(
    check: Rubric, task: Task, answer: str, grader: Grader
) -> tuple[tuple[CheckResult, ...], Usage]:
    if grader.judge is None:
        raise InputError(
            f"task {task.id!r} has a rubric, and there is no judge; name one with --judge"
        )
    criteria = {name: grader.criteria.get(name, name) for name in check.criteria}
    return await judge(task, answer, criteria=criteria, model=grader.judge)


def _price(check: Check) -> int:
    return 2 if isinstance(check, Rubric) else 1 if isinstance(check, Python | Command) else 0
