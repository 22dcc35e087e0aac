from __future__ import annotations

from typing import Any

import pytest

from skillopt.adapters.traces.claude_account import claude_account_messages, is_claude_account
from skillopt.adapters.traces.messages import NotATask, conversation


def chat(*messages: Any) -> dict[str, Any]:
    return {"uuid": "u", "name": "x", "chat_messages": list(messages)}


def human(text: str, **more: Any) -> dict[str, Any]:
    return {"sender": "human", "text": text, "attachments": [], "files": [], **more}


SAY = {
    "sender": "assistant",
    "text": "This block is not supported.\nSay",
    "content": [
        {"type": "thinking", "thinking": "hm"},
        {"type": "tool_use", "name": "search"},
        {"type": "token_budget"},
        {"type": "text", "text": "Say"},
    ],
}


def test_words_are_the_content_and_else_the_text() -> None:
    assert is_claude_account(chat())
    assert conversation(claude_account_messages(chat(human("Ask"), SAY))) == ("Ask", "Say")
    with_parts = human("x", content=[{"type": "text", "text": "Ask"}])
    assert conversation(claude_account_messages(chat(with_parts))) == ("Ask", None)


@pytest.mark.parametrize("name", ["attachments", "files"])
def test_a_question_with_a_file_is_no_task(name: str) -> None:
    with pytest.raises(NotATask, match="a file is attached"):
        claude_account_messages(chat(human("Ask", **{name: [{"file_name": "x.pdf"}]}), SAY))


@pytest.mark.parametrize(
    "odd",
    [
        *[None, 7, {}, {"sender": 7}, {"sender": "assistant", "content": {}}],
        {"sender": "assistant", "content": [{"type": []}]},
    ],
)
def test_odd_messages_are_no_words(odd: Any) -> None:
    assert conversation(claude_account_messages(chat(human("Ask"), odd))) == ("Ask", None)


@pytest.mark.parametrize("messages", [None, {}, "x"])
def test_other_records(messages: Any) -> None:
    assert not is_claude_account({"chat_messages": messages})
