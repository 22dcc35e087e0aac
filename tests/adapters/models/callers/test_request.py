"""One request: the reply in it, and what is wrong where there is none."""

from __future__ import annotations

from typing import Any

import pytest

from skillopt.adapters.models import load_litellm
from skillopt.adapters.models.callers.request import Answer, Request, send
from skillopt.adapters.models.failures import AttemptFailed, Remedy
from skillopt.adapters.models.prices import Prices
from skillopt.adapters.models.replies import Said
from skillopt.core.endings import Ending
from skillopt.core.evaluation.rollout import Usage
from tests import loopback as says
from tests.loopback import Loopback


def asked(loopback: Loopback, **more: Any) -> Request:
    params = {"model": "openai/m", "api_base": loopback.base, "api_key": "-", "max_retries": 0}
    given = {"timeout": 60.0, "prices": None, "calls_tools": False, **more}
    return Request([{"role": "user", "content": "Hello"}], params, **given)


async def test_what_is_said_and_used(loopback: Loopback) -> None:
    loopback.script(says.text("hello", finish="length"))
    answer = await send(load_litellm(), asked(loopback, prices=Prices(0.5, 2.0)))
    used = Usage(calls=1, prompt_tokens=10, completion_tokens=3, cost=11.0)
    assert answer == Answer(Said("hello", "", Ending.CUT), used)


async def test_a_reply_that_says_nothing_was_paid(loopback: Loopback) -> None:
    loopback.script(says.text(None))
    answer = await send(load_litellm(), asked(loopback))
    assert isinstance(answer.said, AttemptFailed)
    assert answer.used.calls == 1


async def test_no_reply(loopback: Loopback) -> None:
    loopback.script(says.status(429, headers={"Retry-After": "7"}))
    with pytest.raises(AttemptFailed) as caught:
        await send(load_litellm(), asked(loopback))
    failed = caught.value
    assert (failed.status, failed.remedy, failed.wait) == (429, Remedy.RETRY, 7.0)


async def test_a_response_that_cannot_be_read_is_a_request_that_failed(loopback: Loopback) -> None:
    class Response:
        @property
        def choices(self) -> list[Any]:
            raise RecursionError("too deep")

    class Provider:
        async def acompletion(self, **_: Any) -> Response:
            return Response()

    with pytest.raises(AttemptFailed, match="too deep"):
        await send(Provider(), asked(loopback))
