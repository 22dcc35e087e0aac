from __future__ import annotations

from typing import Any

import pytest

from skillopt.adapters.traces.messages import NotATask
from skillopt.adapters.traces.payloads import answered_in, asked_in, decoded, parts_or_text

TALK = [{"role": "user", "content": "Ask"}, {"role": "assistant", "content": "Say"}]


@pytest.mark.parametrize(
    ("content", "asked"),
    [
        ("Ask", "Ask"),
        ('{"text": "Ask"}', '{"text": "Ask"}'),
        ({"question": "Ask", "user": "u1"}, "Ask"),
        ({"Query": "Ask", "k": 3}, "Ask"),
        ({"ticket": "Ask"}, "Ask"),
        ({"input": {"messages": TALK}, "config": {}}, "Ask"),
        ({"messages": [TALK]}, "Ask"),
        ({"args": ["Ask"], "kwargs": {"k": 3}}, "Ask"),
        ({"args": [7, 8], "kwargs": {"question": "Ask"}}, "Ask"),
        ({"args": [], "kwargs": {"ticket": "Ask"}}, "Ask"),
        ([{"type": "text", "text": "As"}, {"type": "text", "text": "k"}], "As\nk"),
    ],
)
def test_questions(content: Any, asked: str) -> None:
    assert asked_in(content).input == asked


@pytest.mark.parametrize("content", [None, "", " ", 7, [], {}, {"a": 1, "b": 2}, [1, 2]])
def test_no_question(content: Any) -> None:
    with pytest.raises(NotATask):
        asked_in(content)


def test_a_question_nested_out_of_sight() -> None:
    deep: Any = "x"
    for _ in range(500):
        deep = {"input": deep}
    with pytest.raises(NotATask, match="too deeply"):
        asked_in(deep)
    assert isinstance(answered_in({"output": deep}), dict)


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        ("Say", "Say"),
        ({"answer": "Say", "sources": []}, "Say"),
        ({"choices": [{"message": {"role": "assistant", "content": "Say"}}]}, "Say"),
        ({"generations": [[{"text": "Say", "message": {}}]]}, "Say"),
        ({"messages": TALK}, "Say"),
        (
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "hm"},
                    {"type": "text", "text": "Say"},
                ],
            },
            "Say",
        ),
        ({"role": "assistant", "content": None, "tool_calls": [{}]}, None),
        (
            [
                {"type": "reasoning", "summary": []},
                {
                    "type": "message",
                    "role": "assistant",
                    "content": [{"type": "output_text", "text": "Say"}],
                },
            ],
            "Say",
        ),
        ({"output": {"type": "ai", "content": "Say"}}, "Say"),
        ({"queue": "billing"}, {"queue": "billing"}),
        (["billing"], ["billing"]),
        ('{"output": "x"}', '{"output": "x"}'),
        (None, None),
        (7, 7),
    ],
)
def test_answers(content: Any, answer: Any) -> None:
    assert answered_in(content) == answer


def test_what_is_stored_as_json_text() -> None:
    assert decoded('{"a": [1]}') == {"a": [1]}
    assert decoded("plain") == "plain"
    assert decoded("[" * 100_000) == "[" * 100_000
    assert decoded(7) == 7


def test_a_call_whose_arguments_have_no_names() -> None:
    with pytest.raises(NotATask, match="a call with 2 arguments"):
        asked_in({"args": ["a", "b"], "kwargs": {}})


def test_parts_that_are_stored_as_json_text() -> None:
    assert parts_or_text('[{"text": "Ask"}]') == [{"text": "Ask"}]
    for text in ("Ask", "[1]", "[]", '{"text": "x"}', '[{"order": 7}]', "7"):
        assert parts_or_text(text) == text
