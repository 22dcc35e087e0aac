from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from skillopt.adapters.traces.messages import (
    NotATask,
    answer_of,
    conversation,
    is_messages,
    text_of,
)
from skillopt.core.evaluation.task import Message

OPENAI = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "What day is it?"},
    {"role": "assistant", "content": "Monday."},
    {
        "role": "user",
        "content": [{"type": "text", "text": "And"}, {"type": "text", "text": "then?"}],
    },
    {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]},
    {"role": "tool", "content": "calendar", "tool_call_id": "1"},
    {"role": "assistant", "content": "Tuesday."},
]

SPELLINGS = {
    "sharegpt": [{"from": "human", "value": "Ask"}, {"from": "gpt", "value": "Say"}],
    "otel": [
        {"role": "user", "parts": [{"type": "text", "content": "Ask"}]},
        {"role": "assistant", "parts": [{"type": "tool_call", "name": "x"}, {"type": "text", "content": "Say"}]},
    ],
    "langchain": [
        {"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", "HumanMessage"], "kwargs": {"content": "Ask", "type": "human"}},
        {"type": "ai", "data": {"content": "Say"}},
    ],
    "openinference": [
        {"message": {"role": "user", "contents": [{"message_content": {"type": "text", "text": "Ask"}}]}},
        {"message": {"role": "assistant", "content": "Say"}},
    ],
    "anthropic": [
        {"role": "user", "content": [{"type": "text", "text": "Ask"}]},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "Say"}]},
    ],
    "pairs": [["human", "Ask"], ["ai", "Say"]],
}  # fmt: skip


@pytest.mark.parametrize("messages", SPELLINGS.values(), ids=SPELLINGS)
def test_spellings(messages: list[Any]) -> None:
    assert is_messages(messages)
    assert conversation(messages) == ("Ask", "Say")
    assert answer_of(messages) == "Say"


def test_the_question_is_all_that_was_said_up_to_it() -> None:
    asked, recorded = conversation(OPENAI)
    assert asked == (
        Message(role="user", content="What day is it?"),
        Message(role="assistant", content="Monday."),
        Message(role="user", content="And\nthen?"),
    )
    assert recorded == "Tuesday."


def test_a_question_nobody_answered() -> None:
    assert conversation(OPENAI[:2]) == ("What day is it?", None)


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        (OPENAI[:1], "no message of a user"),
        ([{"role": "user", "content": " "}], "is empty"),
        ([{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}], "'image_url'"),
        ([{"role": "user", "content": 7}], "is a int"),
        ([{"role": "user", "content": [7]}], "is a int"),
    ],
)
def test_what_is_no_task(messages: list[Any], said: str) -> None:
    with pytest.raises(NotATask, match=said):
        conversation(messages)


def test_a_picture_in_the_answer_does_not_make_the_question_useless() -> None:
    messages = [*OPENAI[:2], {"role": "assistant", "content": [{"type": "image", "data": ""}]}]
    assert conversation(messages) == ("What day is it?", None)


@pytest.mark.parametrize("content", [[], ["x"], [{"a": 1}], {"role": "user"}, None, [None]])
def test_what_are_no_messages(content: Any) -> None:
    assert not is_messages(content)


def test_words_of_a_content() -> None:
    assert text_of(None) == ""
    assert text_of({"text": {"value": "x"}}) == "x"


ODD = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.sampled_from(["user", "text", "assistant"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["role", "from", "type", "content", "parts", "value", "kwargs", "message", "id", "text"]),
        inner,
        max_size=4,
    ),
    max_leaves=10,
)  # fmt: skip


@given(
    st.lists(
        st.fixed_dictionaries(
            {"role": st.just("user") | ODD}, optional={"content": ODD, "parts": ODD}
        )
    )
)
@example([{"role": "user", "content": [{"type": []}]}])
def test_messages_of_wrong_types_are_refused_quietly(messages: list[Any]) -> None:
    if not is_messages(messages):
        return
    try:
        asked, recorded = conversation(messages)
    except NotATask:
        return
    assert asked
    assert recorded is None or isinstance(recorded, str)
