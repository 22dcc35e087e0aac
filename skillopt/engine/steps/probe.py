"""Run the probes of one version: the same tasks, asked in other manners."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from skillopt.core.evaluation.rollout import Graded, Missing, Rollout, Usage
from skillopt.core.evaluation.second_attempt import second_attempt
from skillopt.core.evaluation.self_check import self_checked
from skillopt.core.evaluation.task import Task
from skillopt.core.evaluation.variants import KINDS, VariantKind, earlier_errors, variants
from skillopt.core.probes.plan import ProbePlan
from skillopt.core.probes.runs import Attempts, Checked, ProbeRuns, Wrapped
from skillopt.core.redaction import redacted
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import RunContext
from skillopt.engine.steps.roll_out import Wish, roll_out

_Pair = tuple[Graded, Rollout]


class Probe(NamedTuple):
    """The rollouts of one version."""

    runs: ProbeRuns
    lost: tuple[Missing, ...]
    usage: Usage
    """Of all rollouts, those that were paid earlier included."""


async def run_probe(
    context: RunContext,
    skill: Skill | None,
    tasks: Sequence[Task],
    plan: ProbePlan,
    *,
    history: Sequence[Graded] | None = None,
) -> Probe:
    """All rollouts that ``plan`` wants of one version.

    Args:
        context: the run.
        skill: the version, or None for no skill.
        tasks: the tasks.
        plan: the probes.
        history: the plain rollouts that earlier errors are taken from, so that two versions get the
            same ones; by default the version's own.

    Raises:
        RunStopped: no call can succeed.
        SpendExhausted: a limit leaves no room.
    """
    trials = context.settings.trials
    runs = range(plan.plain_runs(trials))
    plain = await roll_out(context, skill, [(task, trial) for task in tasks for trial in runs])
    graded = _graded(plain)
    first = [one for one in graded if one.key.trial < trials]
    known = {task.id: task for task in tasks}
    attempts = await second_attempts(context, skill, first, known) if plan.second_attempts else []
    checked = await check_selves(context, skill, first, known) if plan.self_check else []
    wrapped = await wrap(
        context,
        skill,
        first,
        tasks,
        count=plan.variants,
        kinds=plan.kinds,
        history=graded if history is None else history,
    )
    made = [*plain, *(again for _, again in (*attempts, *checked)), *(one[2] for one in wrapped)]
    return Probe(
        ProbeRuns(
            plain=graded,
            attempts=tuple(Attempts(*pair) for pair in _both(attempts)),
            checked=tuple(Checked(*pair) for pair in _both(checked)),
            wrapped=both_graded(wrapped),
            agreement=plan.agreement > 0,
        ),
        lost=tuple(one for one in made if isinstance(one, Missing)),
        usage=sum((one.usage for one in made), Usage()),
    )


async def check_selves(
    context: RunContext, skill: Skill | None, plain: Sequence[Graded], tasks: dict[str, Task]
) -> list[_Pair]:
    """Each plain rollout with one of the same trial that is asked for a self-check."""
    return await _again(
        context, skill, plain, [(self_checked(tasks[one.task_id]), one.key.trial) for one in plain]
    )


async def wrap(
    context: RunContext,
    skill: Skill | None,
    plain: Sequence[Graded],
    tasks: Sequence[Task],
    *,
    count: int,
    history: Sequence[Graded],
    kinds: Sequence[VariantKind] = KINDS,
) -> list[tuple[VariantKind, Graded, Rollout]]:
    """Each plain rollout with those of the wrapped variants of its task, ``count`` at most."""
    if not count:
        return []
    seed, known = context.settings.seed, {task.id: task for task in tasks}
    answered = [(known[one.task_id], redacted(one.answer), one.passed) for one in history]
    made = [
        (kind, one, (asked, one.key.trial))
        for one in plain
        for kind, asked in variants(
            known[one.task_id],
            count=count,
            seed=seed,
            errors=earlier_errors(known[one.task_id], answered, seed=seed),
            kinds=kinds,
            converses=context.converses,
        )
    ]
    rollouts = await roll_out(context, skill, [wish for _, _, wish in made])
    return [(kind, one, again) for (kind, one, _), again in zip(made, rollouts, strict=True)]


def both_graded(
    wrapped: Sequence[tuple[VariantKind, Graded, Rollout]],
) -> tuple[Wrapped, ...]:
    """Those whose wrapped rollout has an outcome."""
    return tuple(
        Wrapped(kind, plain, again) for kind, plain, again in wrapped if isinstance(again, Graded)
    )


async def second_attempts(
    context: RunContext, skill: Skill | None, plain: Sequence[Graded], tasks: dict[str, Task]
) -> list[_Pair]:
    """Each plain rollout with a second attempt; without an answer there is nothing to check.

    The answer is shown as the ledger keeps it, without secrets: a later run asks the same.
    """
    answered = [one for one in plain if one.answer.strip()]
    wishes: list[Wish] = [
        (
            second_attempt(tasks[one.task_id], redacted(one.answer), converses=context.converses),
            one.key.trial,
        )
        for one in answered
    ]
    return await _again(context, skill, answered, wishes)


async def _again(
    context: RunContext, skill: Skill | None, plain: Sequence[Graded], wishes: Sequence[Wish]
) -> list[_Pair]:
    return list(zip(plain, await roll_out(context, skill, wishes), strict=True))


def _graded(rollouts: Sequence[Rollout]) -> tuple[Graded, ...]:
    return tuple(one for one in rollouts if isinstance(one, Graded))


def _both(pairs: Sequence[_Pair]) -> list[tuple[Graded, Graded]]:
    return [(plain, again) for plain, again in pairs if isinstance(again, Graded)]
