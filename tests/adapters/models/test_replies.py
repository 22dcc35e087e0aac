"""What a provider's response says."""

from __future__ import annotations

import pytest

from skillopt.core.endings import Ending
from skillopt.errors import CallFailed
from tests import loopback as says
from tests.adapters.models.opening import HELLO, Opened, Shape
from tests.loopback import Behaviour, Loopback

CALL = {"id": "c1", "type": "function", "function": {"name": "answer", "arguments": "{}"}}


async def test_tokens_are_counted_where_the_endpoint_does_not(
    loopback: Loopback, opened: Opened
) -> None:
    loopback.script(says.text("one two three", usage=None))
    used = (await opened(loopback).complete(HELLO)).usage
    assert used.prompt_tokens > 0
    assert used.completion_tokens == 3


@pytest.mark.parametrize(
    ("reply", "ending"),
    [
        (says.text("half", finish="content_filter"), Ending.FILTERED),
        (says.text(None, finish="content_filter"), Ending.FILTERED),
        (says.text(None, message={"refusal": "I cannot help with that."}), Ending.REFUSED),
        (says.text(None, finish="tool_calls", message={"tool_calls": [CALL]}), Ending.TOOL_CALLS),
        (says.text("So:", message={"tool_calls": [CALL]}), Ending.TOOL_CALLS),
        (says.text("half a sen", finish="length"), Ending.CUT),
        (says.text(None, finish="length"), Ending.CUT),
        (says.text("two"), Ending.COMPLETE),
        (says.text("two", finish="end_turn"), Ending.COMPLETE),
    ],
)
async def test_a_reply_says_how_it_ended(
    loopback: Loopback, opened: Opened, reply: Behaviour, ending: Ending
) -> None:
    loopback.script(reply)
    assert (await opened(loopback).complete(HELLO)).ending is ending
    assert len(loopback.requests) == 1


async def test_a_reply_that_the_provider_broke_off_is_asked_for_once_more(
    loopback: Loopback, opened: Opened
) -> None:
    loopback.script(says.text("hal", finish="error"), says.text("half"))
    assert (await opened(loopback).complete(HELLO)).text == "half"
    loopback.script(says.text("hal", finish="error"))
    reply = await opened(loopback).complete(HELLO)
    assert (reply.text, reply.ending, reply.usage.calls) == ("hal", Ending.FAILED, 2)


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
    assert len(loopback.requests) == 1


PARTS = [
    {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
    {"type": "text", "text": "two"},
]


@pytest.mark.parametrize(
    "reply",
    [
        says.text("<think>hm</think>two"),
        says.text("<Thought>hm</Thought>\n\ntwo"),
        says.text("hm</think>two"),
        says.text("two", message={"reasoning_content": "hm"}),
        says.text("two", message={"reasoning": "hm"}),
        says.body(says.completion("two", message={"content": PARTS})),
    ],
)
async def test_reasoning_is_kept_apart_from_the_text(
    loopback: Loopback, opened: Opened, reply: Behaviour
) -> None:
    loopback.script(reply)
    said = await opened(loopback).complete(HELLO)
    assert (said.text, said.reasoning) == ("two", "hm")


@pytest.mark.parametrize(
    "reply",
    [
        says.text(None, message={"reasoning_content": "two"}),
        says.text("", message={"reasoning_content": "two"}),
        says.text("", message={"reasoning": "two"}),
        says.text("<THINK>two</THINK>"),
        says.text("<think>two"),
        says.body(says.completion("", message={"content": PARTS[:1]})),
    ],
)
async def test_a_reply_of_reasoning_alone_is_asked_for_once_more(
    loopback: Loopback, opened: Opened, reply: Behaviour
) -> None:
    loopback.script(reply)
    said = await opened(loopback, max_attempts=5).complete(HELLO)
    assert (said.text, said.usage.calls) == ("", 2)
    assert said.reasoning in {"two", "hm"}
    loopback.script(reply, says.text("two"))
    assert (await opened(loopback).complete(HELLO)).text == "two"


async def test_a_reply_without_anything_is_asked_for_once_more(
    loopback: Loopback, opened: Opened
) -> None:
    loopback.script(says.text(None))
    with pytest.raises(CallFailed, match="no text"):
        await opened(loopback, max_attempts=5).complete(HELLO)
    assert len(loopback.requests) == 2


async def test_a_reply_that_is_withheld_by_an_error_is_filtered_too(
    loopback: Loopback, opened: Opened
) -> None:
    policy = "The response was filtered due to the prompt triggering content management policy."
    loopback.script(says.status(400, policy, kind="content_filter"))
    reply = await opened(loopback).complete(HELLO, shape=Shape)
    assert (reply.ending, reply.usage.calls) == (Ending.FILTERED, 1)
    assert len(loopback.requests) == 1


async def test_a_byte_order_mark_is_no_part_of_the_text(loopback: Loopback, opened: Opened) -> None:
    loopback.script(says.text("\ufefftwo"))
    assert (await opened(loopback).complete(HELLO)).text == "two"


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": 10**30, "completion_tokens": 10**30, "total_tokens": 2 * 10**30},
        {"prompt_tokens": -5, "completion_tokens": -1, "total_tokens": -6},
        {"prompt_tokens": "fifty", "completion_tokens": "five", "total_tokens": ""},
        {"prompt_tokens": None, "completion_tokens": None, "total_tokens": None},
        {"prompt_tokens": [1], "completion_tokens": {"text": 1}},
        {"prompt_tokens": float("1e300")},
        {"prompt_tokens": "inf"},
        [],
        "none",
        7,
    ],
)
async def test_absurd_counts_are_counted_here(
    loopback: Loopback, opened: Opened, usage: object
) -> None:
    loopback.script(says.text("one two three", usage=usage))
    used = (await opened(loopback).complete(HELLO)).usage
    assert used.calls == 1
    assert 0 < used.prompt_tokens < 100
    assert used.completion_tokens == 3


@pytest.mark.parametrize("kind", [str, float])
async def test_counts_are_read_in_every_spelling(
    loopback: Loopback, opened: Opened, kind: type[str | float]
) -> None:
    usage = {"prompt_tokens": kind(50), "completion_tokens": kind(5), "total_tokens": kind(55)}
    loopback.script(says.text("hello", usage=usage))
    used = (await opened(loopback).complete(HELLO)).usage
    assert (used.calls, used.prompt_tokens, used.completion_tokens) == (1, 50, 5)


async def test_reasoning_in_parts_of_its_own_is_reasoning(
    loopback: Loopback, opened: Opened
) -> None:
    details = [{"type": "reasoning.text", "text": "hm", "index": 0}]
    loopback.script(says.text("two", message={"reasoning_details": details}))
    said = await opened(loopback).complete(HELLO)
    assert (said.text, said.reasoning) == ("two", "hm")
