"""One call finds out what an endpoint refuses; the others wait for it, and for nothing more."""

from __future__ import annotations

import asyncio

import pytest

from skillopt.adapters.models.first_call import FirstCall
from skillopt.core.events import ParameterChanged
from skillopt.errors import CallFailed
from tests import loopback as says
from tests.adapters.models.opening import HELLO, Opened
from tests.loopback import Loopback


async def test_calls_that_begin_together_pay_one_refusal(
    loopback: Loopback, opened: Opened
) -> None:
    refused = says.status(400, "'seed' is not supported")
    loopback.script(says.unless("seed", refused, says.text("well")))
    model = opened(loopback)
    replies = await asyncio.gather(*(model.complete(HELLO, seed=n) for n in range(8)))
    assert [reply.usage.calls for reply in replies] == [2, *[1] * 7]
    assert len(loopback.requests) == 9
    assert [type(event) for event in opened.told] == [ParameterChanged]


async def test_a_first_call_that_fails_lets_the_others_go(
    loopback: Loopback, opened: Opened
) -> None:
    loopback.script(says.status(400, "too long"), otherwise=says.text("well"))
    model = opened(loopback)
    first, *others = await asyncio.gather(
        *(model.complete(HELLO) for _ in range(4)), return_exceptions=True
    )
    assert isinstance(first, CallFailed)
    assert [getattr(reply, "text", reply) for reply in others] == ["well"] * 3


async def test_a_request_that_is_to_be_repeated_holds_nobody_back(
    loopback: Loopback, opened: Opened
) -> None:
    loopback.script(says.status(503), otherwise=says.together(4, says.text("well")))
    model = opened(loopback)
    replies = await asyncio.gather(*(model.complete(HELLO) for _ in range(4)))
    assert [reply.text for reply in replies] == ["well"] * 4


async def test_a_cancelled_first_call_leaves_its_place_to_the_next() -> None:
    first_call, begun = FirstCall(), asyncio.Event()
    order: list[str] = []

    async def call(name: str) -> None:
        async with first_call.turn():
            order.append(name)
            begun.set()
            if name == "first":
                await asyncio.Event().wait()

    first = asyncio.create_task(call("first"))
    await begun.wait()
    second = asyncio.create_task(call("second"))
    await asyncio.sleep(0)
    assert order == ["first"]
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    await second
    assert order == ["first", "second"]
