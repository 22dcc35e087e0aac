"""Each request to a model is told as it ends, with what it used."""

from __future__ import annotations

import pytest

from skillopt.adapters.models.calls import NOTHING, ONE_CALL, Call
from skillopt.adapters.models.failures import AttemptFailed, Remedy
from skillopt.adapters.models.replies import Said
from skillopt.adapters.models.watched import watched
from skillopt.core.endings import Ending
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.events import ModelCalled, ParameterChanged, WaitStarted

USED = Usage(calls=1, prompt_tokens=5, completion_tokens=2, cost=0.1)


def a_call() -> Call:
    return Call(messages=[], options={}, format=None)


async def test_a_request_that_was_answered() -> None:
    told: list[ModelCalled | WaitStarted | ParameterChanged] = []

    async def attempt(call: Call) -> Said:
        call.sent_at = 0.0
        call.charge(USED)
        return Said("yes", "", Ending.CUT)

    call = a_call()
    said = await watched(attempt, call, model="openai/m", tell=told.append)
    assert said.text == "yes"
    (event,) = told
    assert isinstance(event, ModelCalled)
    assert (event.usage, event.ending, event.error) == (USED, Ending.CUT, None)
    assert event.seconds > 0
    await watched(attempt, call, model="openai/m", tell=told.append)
    assert isinstance(told[1], ModelCalled)
    assert told[1].usage == USED, "that of this request, not of the whole call"
    assert call.spent == USED + USED


async def test_one_that_failed_is_told_with_its_kind() -> None:
    told: list[ModelCalled | WaitStarted | ParameterChanged] = []

    async def attempt(call: Call) -> Said:
        call.sent_at = 0.0
        call.charge(ONE_CALL)
        raise AttemptFailed("too many", Remedy.RETRY, status=429)

    with pytest.raises(AttemptFailed):
        await watched(attempt, a_call(), model="openai/m", tell=told.append)
    (event,) = told
    assert isinstance(event, ModelCalled)
    assert (event.error, event.ending, event.usage) == ("429", None, ONE_CALL)


async def test_one_that_was_never_sent_is_not_told() -> None:
    told: list[ModelCalled | WaitStarted | ParameterChanged] = []

    async def attempt(_call: Call) -> Said:
        raise AttemptFailed("no room", Remedy.STOP)

    call = a_call()
    with pytest.raises(AttemptFailed):
        await watched(attempt, call, model="openai/m", tell=told.append)
    assert told == []
    assert call.spent is NOTHING
