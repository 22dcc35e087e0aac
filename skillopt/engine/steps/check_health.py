"""Call each role once before a run spends: it answers, and takes our parameters."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from pydantic import BaseModel

from skillopt.core.current_work import working_on
from skillopt.core.endings import Ending
from skillopt.core.evaluation.rollout import Answer, Reply, Usage
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.events import HealthChecked
from skillopt.core.health import Health, Role
from skillopt.core.history.run import Exchange
from skillopt.core.proposals.critique import Critiques
from skillopt.core.replies import BadReply, read_reply
from skillopt.core.skill.edit_scope import LEAST_SCOPE
from skillopt.core.skill.skill import Skill
from skillopt.core.value import canonical_json, content_hash
from skillopt.engine.context import RunContext, TuningContext
from skillopt.engine.prompts import question
from skillopt.engine.shown_skill import prompts_of_files, skill_blocks
from skillopt.engine.steps.judge import Judgements
from skillopt.engine.steps.paid_reply import keep_account
from skillopt.errors import CallFailed, ChargedError, RunStopped
from skillopt.ports import Model, Target

Ask = Callable[[], Awaitable[Answer | Reply]]
"""Makes the one call."""

SHAPES: dict[Role, type[BaseModel]] = {"optimizer": Critiques, "judge": Judgements}
"""What a role is asked for; a target answers in its own way."""


async def check_health(context: RunContext, *, again: bool = False) -> None:
    """Call the roles that are to be checked; a role that this run has checked is not called again.

    Args:
        context: the run; the calls are charged to it.
        again: call also what was checked before, where many commands share one run.

    Raises:
        RunStopped: a role does not answer; the message says why.
        SpendExhausted: a limit leaves no room for the call.
    """
    asks = _asks(context)
    await recall_health(context)
    made = [
        await _checked(context, role, name, asks[role])
        for role, name in context.checked.items()
        if role in asks and (again or not await _checks(context, role))
    ]
    if made:
        context.emit(HealthChecked(checks=tuple(made)))


async def recall_health(context: RunContext) -> None:
    """Start from what the run's earlier checks found that the endpoints refuse."""
    for role in context.checked:
        same = [one for one in await _checks(context, role) if one.prompt_digest == _of(context)]
        if same and role in context.endpoints:
            known = Health.model_validate_json(same[-1].reply)
            context.endpoints[role].recall(known.refused)


async def check_role(role: Role, ask: Ask, *, name: str, clock: Callable[[], float]) -> Health:
    """Call one role once.

    Args:
        role: which one.
        ask: makes the call.
        name: the model's string.
        clock: monotonic seconds.

    Raises:
        RunStopped: it does not answer.
        SpendExhausted: a limit leaves no room for the call.
    """
    started = clock()
    try:
        reply = await ask()
    except CallFailed as error:
        if error.ending not in (Ending.FILTERED, Ending.REFUSED):
            way_out = (
                "Run the same command again when it answers"
                if error.passing
                else "Fix this, then "
                "run the same command again, or pass --no-health-check to run without the check"
            )
            raise RunStopped(
                f"the {role} failed its health check: {error}. {way_out}", used=error.used
            ) from error
        # The one task is withheld by a filter; the endpoint is well.
        reply = Answer(text=str(error), usage=error.used or Usage(), ending=error.ending)
    return Health(
        role=role,
        model=name,
        usage=reply.usage,
        seconds=max(0.0, clock() - started),
        empty=not reply.text.strip(),
        cut=reply.ending is Ending.CUT,
        only_reasoning=bool(reply.reasoning) and not reply.text.strip(),
        ending=reply.ending,
        structured=_has_shape(role, reply.text),
    )


def ask_target(target: Target, skill: Skill, tasks: ValidationSet) -> Ask:
    """A call as the run makes them: the skill, and a task."""
    return partial(target.answer, skill, task_for_check(tasks), trial=0)


def ask_optimizer(model: Model, skill: Skill) -> Ask:
    """A call for critiques, as the run asks for them, of no evidence at all."""
    return partial(model.reply, asked_of_optimizer(skill), shape=Critiques)


def asked_of_optimizer(skill: Skill) -> tuple[Message, ...]:
    """The messages of that call."""
    data = {**skill_blocks(skill, LEAST_SCOPE), "criteria": "{}", "evidence": "[]"}
    return question("criticize", data, shape=Critiques, more=prompts_of_files(skill))


def ask_judge(model: Model) -> Ask:
    """A call for a verdict, as the run asks for them, on an answer of one word."""
    return partial(model.reply, asked_of_judge(), shape=Judgements)


def asked_of_judge() -> tuple[Message, ...]:
    """The messages of that call."""
    data = {
        "criteria": canonical_json({"ready": "The answer is the word ready."}),
        "input": "Say the word ready.",
        "expected": canonical_json("ready"),
        "answer": "ready",
    }
    return question("judge", data, shape=Judgements)


def task_for_check(tasks: ValidationSet) -> Task:
    """The task that a target is checked with: the shortest train task, if there is one."""
    open_ones = tasks.split("train") or tasks.split("validation") or tasks.tasks
    return min(open_ones, key=lambda task: len(task.text))


async def _checked(context: RunContext, role: Role, name: str, ask: Ask) -> Health:
    exchange = Exchange(
        run=context.run,
        key=_key(role, len(await _checks(context, role)) + 1),
        model=name,
        prompt_digest=_of(context),
        prompt="a health check",
        reply="",
        usage=Usage(),
    )
    try:
        with working_on(run=context.run):
            found = await check_role(role, ask, name=name, clock=context.clock)
    except ChargedError as error:
        await keep_account(context, exchange, error)
        raise
    if role in context.endpoints:
        found = found.model_copy(update={"refused": context.endpoints[role].refused})
    kept = {"reply": found.model_dump_json(), "usage": found.usage}
    await context.ledger.add_exchange(exchange.model_copy(update=kept))
    return found


def _asks(context: RunContext) -> dict[Role, Ask]:
    asks: dict[Role, Ask] = {
        "target": ask_target(context.target, context.first, context.validation_set)
    }
    if isinstance(context, TuningContext):
        asks["optimizer"] = ask_optimizer(context.optimizer, context.first)
    judge = context.grader.judge or context.comparer
    if judge is not None:
        asks["judge"] = ask_judge(judge)
    return asks


def _key(role: Role, number: int) -> str:
    return f"health/{role}" if number == 1 else f"health/{role}/{number}"


def _of(context: RunContext) -> str:
    """Names what a check is a check of: runs that share their checks may have other targets."""
    return content_hash(["health", context.target_identity])


async def _checks(context: RunContext, role: Role) -> list[Exchange]:
    """The run's checks of a role that were answered, oldest first."""
    found: list[Exchange] = []
    while one := await context.ledger.exchange(context.run, _key(role, len(found) + 1)):
        found.append(one)
    return found


def _has_shape(role: Role, reply: str) -> bool | None:
    shape = SHAPES.get(role)
    if shape is None:
        return None
    try:
        read_reply(reply, shape=shape)
    except BadReply:
        return False
    return True
