"""Each role's health outside a run: one call, and what its server says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from time import perf_counter
from typing import assert_never

from skillopt.adapters.listeners.hub import Listeners
from skillopt.adapters.models.context_size import context_size, slots
from skillopt.adapters.models.quote import known_price
from skillopt.app.estimate import asked_of_target, chars_of
from skillopt.app.inputs import Inputs
from skillopt.app.job import Job, Roles
from skillopt.app.wiring import Wiring, model_settings
from skillopt.core.estimate import Called
from skillopt.core.evaluation.task import Message
from skillopt.core.events import Event, ParameterChanged
from skillopt.core.health import Health, Role
from skillopt.engine.steps.check_health import (
    Ask,
    ask_judge,
    ask_optimizer,
    ask_target,
    asked_of_judge,
    asked_of_optimizer,
    check_role,
    task_for_check,
)

_MILLION = 1_000_000


def called(inputs: Inputs, checks: Sequence[Health]) -> dict[str, Called]:
    """What an estimate takes from the checks.

    A call that took several requests says nothing of a single one.
    """
    return {
        check.role: Called(
            prompt_chars=chars_of(_asked(inputs, check.role)),
            usage=check.usage,
            seconds=check.seconds,
        )
        for check in checks
        if check.usage.calls == 1
    }


def _asked(inputs: Inputs, role: Role) -> tuple[Message, ...]:
    match role:
        case "target":
            return asked_of_target(inputs, task_for_check(inputs.validation_set))
        case "optimizer":
            return asked_of_optimizer(inputs.skill)
        case "judge":
            return asked_of_judge()
        case _:
            assert_never(role)


async def call_role(inputs: Inputs, role: Role) -> Health | None:
    """Call one role once, and ask its server what it is; None for a role that is no language model.

    Raises:
        RunStopped: it does not answer.
        SettingsError: it cannot be called.
        SpendExhausted: a limit leaves no room.
    """
    events: list[Event] = []
    heard = Listeners([events.append])
    job = Job(inputs, Roles(), ledger=None, self_judged=False, listeners=heard)
    async with AsyncExitStack() as stack:
        wiring = Wiring(job, stack)
        name = wiring.called_roles().get(role)
        if name is None:
            return None
        found = await check_role(role, _ask(wiring, inputs, role), name=name, clock=perf_counter)
    settings = model_settings(inputs.settings, role, name)
    changed = [event for event in events if isinstance(event, ParameterChanged)]
    more = {
        "refused": {event.parameter: event.instead for event in changed},
        "context_size": await context_size(settings),
        "slots": await slots(settings),
        "prompt_price": known_price(settings, _MILLION, 0),
        "completion_price": known_price(settings, 0, _MILLION),
    }
    return found.model_copy(update=more)


def _ask(wiring: Wiring, inputs: Inputs, role: Role) -> Ask:
    match role:
        case "target":
            return ask_target(wiring.target(), inputs.skill, inputs.validation_set)
        case "optimizer":
            return ask_optimizer(wiring.optimizer(), inputs.skill)
        case "judge":
            return ask_judge(wiring.judge())
        case _:
            assert_never(role)
