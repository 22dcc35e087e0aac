"""Steps as frameworks tell them: a result comes after its call, arguments may be a text."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from skillopt.adapters.frameworks.steps import UNREAD, Steps, text_of
from skillopt.core.evaluation.trace import Said, ToolCall, Trace


class Verdict(BaseModel):
    queue: str


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (None, ""),
        ("x", "x"),
        (["a", {"type": "text", "text": "b"}, {"type": "thinking", "thinking": "hm"}], "ab"),
        ([{"type": "image_url", "image_url": "data:..."}], ""),
        ({"b": 1, "a": 2}, '{"a":2,"b":1}'),
        (Verdict(queue="access"), '{"queue":"access"}'),
        (42, "42"),
        (b"x", "b'x'"),
    ],
)
def test_the_text_of_a_content(content: Any, text: str) -> None:
    assert text_of(content) == text


@pytest.mark.parametrize(
    ("given", "arguments"),
    [
        ('{"a": 1}', {"a": 1}),
        ({"a": 1}, {"a": 1}),
        ("", {}),
        (None, {}),
        ("[1]", {UNREAD: "1"}),
        ('{"a": ', {UNREAD: '{"a": '}),
        ("[" * 100_000, {UNREAD: "[" * 100_000}),
    ],
)
def test_arguments_are_read(given: Any, arguments: dict[str, Any]) -> None:
    steps = Steps()
    steps.call("t", given)
    assert steps.trace() == Trace(steps=(ToolCall(name="t", arguments=arguments),))


def test_results_find_their_calls_in_whatever_order_they_come() -> None:
    steps = Steps()
    steps.say("assistant", "  ")
    steps.call("a", {}, key="1")
    steps.call("b", {}, key="2")
    steps.result("of b", key="2", failed=True)
    steps.result("of a", key="1")
    steps.result("of nothing", key="9", name="c")
    steps.say("assistant", "done")
    assert steps.trace().steps == (
        ToolCall(name="a", result="of a"),
        ToolCall(name="b", result="of b", failed=True),
        ToolCall(name="c", result="of nothing"),
        Said(text="done"),
    )
