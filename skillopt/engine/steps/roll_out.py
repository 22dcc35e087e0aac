"""Run the target on tasks. What the ledger has is not run again; what fails becomes data."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

from skillopt.core.current_work import placed, working_on
from skillopt.core.evaluation.answer_faults import answer_fault
from skillopt.core.evaluation.asked import AskedTask, for_target
from skillopt.core.evaluation.kept_trace import kept_files, kept_trace
from skillopt.core.evaluation.rollout import Answer, Graded, Missing, Rollout, RolloutKey, Usage
from skillopt.core.evaluation.self_check import Parted, parted
from skillopt.core.evaluation.task import Task
from skillopt.core.evaluation.trace import Trace
from skillopt.core.events import AnswersLacking, RolloutDone, RolloutStarted, RolloutsWanted
from skillopt.core.reasoning import heard
from skillopt.core.skill.skill import Skill
from skillopt.core.value import text_hash
from skillopt.engine import off_loop
from skillopt.engine.context import RunContext
from skillopt.engine.steps.grade import grade
from skillopt.engine.steps.workspaces import answered
from skillopt.errors import (
    AnswerLost,
    CallFailed,
    ChargedError,
    RunStopped,
    SpendExhausted,
    TargetError,
)

Wish = tuple[Task, int]
"""A task and the trial number to run it under."""

NO_SKILL = text_hash("")

MOST_LOST = 3
"""Answers of a rollout that may be lost with their workers, one after the other."""


async def roll_out(
    context: RunContext, skill: Skill | None, wishes: Sequence[Wish]
) -> tuple[Rollout, ...]:
    """One rollout per wish, in the order of the wishes, each durable in the ledger.

    Provider errors become :class:`Missing` rollouts; the rest of the batch goes on.

    Raises:
        RunStopped: no call can succeed. Rollouts under way are finished and kept first.
        SpendExhausted: a limit leaves no room. Likewise.
    """
    keys = [rollout_key(context, skill, task, trial) for task, trial in wishes]
    found = await context.ledger.rollouts(keys)
    context.reused.update(key.target for key in found)
    done: dict[RolloutKey, Rollout] = dict(found)
    fresh = {key: wish for key, wish in zip(keys, wishes, strict=True) if key not in found}
    if wishes:
        purpose, total = wishes[0][0].split, len(set(keys))
        context.emit(RolloutsWanted(purpose=purpose, total=total, reused=total - len(fresh)))
    await _run_all(context, skill, fresh, done)
    faults = {key.digest: fault for key in keys if (fault := answer_fault(done[key]))}
    if faults:
        context.emit(AnswersLacking(purpose=wishes[0][0].split, faults=faults))
    return tuple(done[key] for key in keys)


def rollout_key(context: RunContext, skill: Skill | None, task: Task, trial: int) -> RolloutKey:
    """What names the rollout of ``task`` with ``skill``."""
    digest = skill.digest if skill else NO_SKILL
    return RolloutKey(skill=digest, task=task.digest, target=context.identity_now, trial=trial)


async def _run_all(
    context: RunContext,
    skill: Skill | None,
    fresh: dict[RolloutKey, Wish],
    done: dict[RolloutKey, Rollout],
) -> None:
    """Workers share one queue; the first error that ends the run lets the others finish theirs.

    Whatever it is, it leaves here as itself and in no group: the rollouts under way are paid, and
    are kept.
    """
    waiting: Iterator[tuple[RolloutKey, Wish]] = iter(fresh.items())
    ended: list[Exception] = []

    async def work() -> None:
        for key, (task, trial) in waiting:
            if ended:
                return
            try:
                with working_on(
                    run=context.run, task=task.id, trial=trial, version=key.skill, split=task.split
                ):
                    done[key] = await _kept(context, skill, (task, trial), key)
                    await context.caught_up()
            except Exception as error:  # noqa: BLE001 - raised once the others are done
                ended.append(error)
                return

    async with asyncio.TaskGroup() as group:
        for _ in range(min(context.concurrency, len(fresh))):
            group.create_task(work())
    if ended:
        raise ended[0]


async def _kept(context: RunContext, skill: Skill | None, wish: Wish, key: RolloutKey) -> Rollout:
    """A rollout that is durable in the ledger, filed under what answered."""
    task, trial = wish
    if key.target != context.identity_now:
        _check_same(context)
        key = rollout_key(context, skill, task, trial)
        known = await context.ledger.rollouts([key])
        if key in known:
            return known[key]
    context.emit(placed(RolloutStarted()))
    try:
        rollout = await _run_one(context, skill, task, trial, key)
    except (RunStopped, SpendExhausted) as error:
        if error.used is not None:  # what was charged belongs to the run, although it stops
            charged = Missing(
                key=key,
                task_id=task.id,
                reason=str(error),
                usage=error.used,
                seconds=0.0,
                manner=_manner(task),
            )
            await context.ledger.add_rollout(context.run, charged)
        raise
    await context.ledger.add_rollout(context.run, rollout)
    _check_same(context)
    context.emit(placed(_done(rollout)))
    return rollout


def _done(rollout: Rollout) -> RolloutDone:
    used = {"usage": rollout.usage, "seconds": rollout.seconds}
    if isinstance(rollout, Graded):
        return RolloutDone(score=rollout.score, error=rollout.target_error, **used)
    return RolloutDone(score=None, error=rollout.reason, **used)


def _check_same(context: RunContext) -> None:
    """Rollouts of the ledger and those made now are compared: both are made in the same way.

    Raises:
        RunStopped: the endpoint has come to refuse what earlier answers were made with.
    """
    if context.reused <= {context.identity_now}:
        return
    known = [f"{name!r}" for one in context.endpoints.values() for name in one.refused]
    raise RunStopped(
        f"the endpoint refuses {' and '.join(dict.fromkeys(known))}, which earlier rollouts in the "
        "ledger were made with, so that the two cannot be compared; run the command with "
        "--drop-param for it, which starts over without it"
    )


async def _run_one(
    context: RunContext, skill: Skill | None, task: Task, trial: int, key: RolloutKey
) -> Rollout:
    """A rollout, also where an answer is lost before its checks are done."""
    lost: list[AnswerLost] = []
    while True:
        try:
            rollout = await _run_once(context, skill, task, trial, key)
        except AnswerLost as error:
            lost.append(error)
            if len(lost) == MOST_LOST:
                raise RunStopped(
                    f"{error}; so it was {MOST_LOST} times in a row. Run the same command again "
                    "when the workers stay: what was answered before is kept",
                    used=_used(lost),
                ) from None
        except ChargedError as error:
            if lost:
                error.charge(_used(lost))
            raise
        else:
            used = {"usage": _used(lost) + rollout.usage}
            return rollout.model_copy(update=used) if lost else rollout


def _used(lost: Sequence[AnswerLost]) -> Usage:
    return sum((error.used for error in lost if error.used), start=Usage())


async def _run_once(
    context: RunContext, skill: Skill | None, task: Task, trial: int, key: RolloutKey
) -> Rollout:
    started = context.clock()
    try:
        async with answered(context.target, skill, for_target(task), trial=trial) as answer:
            key = rollout_key(context, skill, task, trial)
            return await _graded(context, task, answer, key, started)
    except TargetError as error:
        return Graded(
            key=key,
            task_id=task.id,
            answer="",
            score=0.0,
            results=(),
            usage=error.used or Usage(calls=1),
            seconds=context.clock() - started,
            target_error=str(error),
            manner=_manner(task),
        )
    except CallFailed as error:
        return Missing(
            key=key,
            task_id=task.id,
            reason=str(error),
            ending=error.ending,
            usage=error.used or Usage(),
            seconds=context.clock() - started,
            passing=error.passing,
            manner=_manner(task),
        )


async def _graded(
    context: RunContext, task: Task, answer: Answer, key: RolloutKey, started: float
) -> Graded:
    said, within = await off_loop.read(answer.text, lambda: heard(answer.text))
    assessed = isinstance(task, AskedTask) and task.assessed
    text, assessment = parted(said) if assessed else Parted(said, None)
    try:
        graded = await grade(
            task,
            text,
            grader=context.grader,
            trace=answer.trace,
            produced=answer.produced,
        )
    except ChargedError as error:
        error.charge(answer.usage)
        raise
    return Graded(
        key=key,
        task_id=task.id,
        answer=text,
        score=graded.score,
        results=graded.results,
        usage=answer.usage + graded.usage,
        seconds=context.clock() - started,
        ending=answer.ending,
        reasoning="\n\n".join(filter(None, (answer.reasoning, within))),
        manner=_manner(task),
        assessment=assessment,
        trace=await _bounded(answer.trace, text),
        files=kept_files(answer.files),
    )


async def _bounded(trace: Trace | None, text: str) -> Trace | None:
    return trace and await asyncio.to_thread(kept_trace, trace, answer=text)


def _manner(task: Task) -> str:
    return task.manner if isinstance(task, AskedTask) else ""
