"""A call of a tool that the params offer is an answer."""

from __future__ import annotations

import json
from typing import Any

from skillopt.adapters.meter import SpendMeter
from skillopt.core.loop_settings import SpendLimits
from tests.adapters.models.opening import HELLO, Opened
from tests.loopback import Loopback, text

TOOLS: list[Any] = [
    {
        "type": "function",
        "function": {"name": "look_up", "parameters": {"type": "object", "properties": {}}},
    }
]


def calling(arguments: str, *, content: str | None = None, finish: str = "tool_calls") -> Any:
    call = {
        "id": "1",
        "type": "function",
        "function": {"name": "look_up", "arguments": arguments},
    }
    return text(content, finish=finish, message={"tool_calls": [call]})


async def test_a_call_is_the_answer_as_json(loopback: Loopback, opened: Opened) -> None:
    loopback.script(
        calling('{"word": "snow"}'), calling("snow", content="Let me see."), text("white")
    )
    model = opened(loopback, params={"tools": TOOLS})
    called, odd, plain = [(await model.complete(HELLO)).text for _ in range(3)]
    assert json.loads(called) == {
        "tool_calls": [{"name": "look_up", "arguments": {"word": "snow"}}]
    }
    assert json.loads(odd) == {
        "content": "Let me see.",
        "tool_calls": [{"name": "look_up", "arguments": "snow"}],
    }
    assert plain == "white"
    assert loopback.requests[0]["tools"] == TOOLS


async def test_a_call_that_was_cut_off_is_none(loopback: Loopback, opened: Opened) -> None:
    loopback.script(calling('{"word": "sn', content="Let", finish="length"))
    reply = await opened(loopback, params={"tools": TOOLS}).complete(HELLO)
    assert "tool_calls" not in reply.text


async def test_what_goes_into_the_prompt_with_a_call_is_under_the_limit(
    loopback: Loopback, opened: Opened
) -> None:
    described: Any = [{**TOOLS[0], "function": {**TOOLS[0]["function"], "description": "x" * 5000}}]
    meter = SpendMeter(SpendLimits(max_tokens=100_000))
    model = opened(loopback, meter=meter, params={"max_tokens": 9, "tools": described})
    assert model.settings.shape_size > 5000
    await model.complete(HELLO)
