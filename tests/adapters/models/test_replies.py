"""What a provider's response says."""

from __future__ import annotations

import pytest

from skillopt.errors import CallFailed
from tests import loopback as says
from tests.adapters.models.opening import HELLO, Opened
from tests.loopback import Behaviour, Loopback


async def test_tokens_are_counted_where_the_endpoint_does_not(
    loopback: Loopback, opened: Opened
) -> None:
    loopback.script(says.text("one two three", usage=None))
    used = (await opened(loopback).complete(HELLO)).usage
    assert used.prompt_tokens > 0
    assert used.completion_tokens == 3


@pytest.mark.parametrize(
    "reply",
    [
        says.text("", finish="content_filter"),
        says.text(None, message={"refusal": "I cannot help with that."}),
    ],
    ids=["filter", "refusal"],
)
async def test_a_withheld_reply_is_given_up(
    loopback: Loopback, opened: Opened, reply: Behaviour
) -> None:
    loopback.script(reply)
    with pytest.raises(CallFailed):
        await opened(loopback).complete(HELLO)
    assert len(loopback.requests) == 1


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        (says.text(""), ""),
        (says.text("half a sen", finish="length"), "half a sen"),
        (says.text(None, finish="length"), ""),
        (says.text("~~~ not JSON {{{"), "~~~ not JSON {{{"),
    ],
    ids=["empty", "cut off", "all reasoning", "nonsense"],
)
async def test_what_the_model_said_is_an_answer_whatever_it_is(
    loopback: Loopback, opened: Opened, reply: Behaviour, text: str
) -> None:
    loopback.script(reply)
    assert (await opened(loopback).complete(HELLO)).text == text
