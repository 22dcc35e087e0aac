"""The caller's own function as a model."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.models import CallableModel
from skillopt.core.evaluation.rollout import Reply, Usage
from skillopt.core.loop_settings import SpendLimits
from skillopt.errors import CallFailed
from tests.adapters.models.opening import HELLO, Shape


@pytest.mark.parametrize("kind", ["async", "sync", "reply"])
async def test_a_function_is_a_model(kind: str) -> None:
    used = Usage(calls=3, prompt_tokens=7)

    async def later(messages: list[dict[str, str]]) -> str:
        return messages[0]["content"]

    def now(messages: list[dict[str, str]]) -> str:
        return messages[0]["content"]

    async def counted(messages: list[dict[str, str]]) -> Reply:
        return Reply(text=messages[0]["content"], usage=used)

    meter = SpendMeter(SpendLimits())
    function: Any = {"async": later, "sync": now, "reply": counted}[kind]
    reply = await CallableModel(function, meter=meter).reply(HELLO, shape=Shape)
    assert reply.text == "Say hello."
    assert meter.used == (used if kind == "reply" else Usage(calls=1))


async def test_a_function_that_fails_is_a_failed_call() -> None:
    def broken(_: list[dict[str, str]]) -> str:
        raise ValueError("no idea")

    def wrong(_: list[dict[str, str]]) -> Any:
        return 7

    async def slow(_: list[dict[str, str]]) -> str:
        await asyncio.Event().wait()
        return "never"

    cases = [(broken, "no idea"), (wrong, "returned int"), (slow, "took over")]
    for function, complaint in cases:
        with pytest.raises(CallFailed, match=complaint):
            await CallableModel(function, timeout=0.05).reply(HELLO, shape=Shape)
