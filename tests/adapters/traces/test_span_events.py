from __future__ import annotations

import json
from typing import Any

import pytest

from skillopt.adapters.traces.messages import answer_of, conversation
from skillopt.adapters.traces.span_events import event_messages

USER, CHOICE = "gen_ai.user.message", "gen_ai.choice"
SHAPES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a content": ({"content": "Ask"}, {"content": "Say"}),
    "a message as JSON": (
        {"content": "Ask", "role": "user"},
        {"index": "0", "message": json.dumps({"role": "assistant", "content": "Say"})},
    ),
    "a message as an object": ({"content": "Ask"}, {"message": {"content": "Say"}}),
    "JSON in one attribute": (
        {"gen_ai.event.content": json.dumps({"role": "user", "content": "Ask"})},
        {"gen_ai.event.content": json.dumps({"index": 0, "message": {"content": "Say"}})},
    ),
    "parts as JSON": (
        {"content": json.dumps([{"text": "Ask"}])},
        {"message": json.dumps([{"text": "Say"}, {"toolUse": {"name": "x"}}])},
    ),
}


@pytest.mark.parametrize(("asked", "said"), SHAPES.values(), ids=SHAPES)
def test_shapes(asked: dict[str, Any], said: dict[str, Any]) -> None:
    system = ("gen_ai.system.message", {"content": "Be brief."})
    found = event_messages([system, (USER, asked), (CHOICE, said)])
    assert conversation(found["gen_ai.input.messages"]).input == "Ask"
    assert answer_of(found["gen_ai.output.messages"]) == "Say"


def test_of_several_choices_the_first_counts() -> None:
    found = event_messages([(CHOICE, {"index": at, "content": f"Say {at}"}) for at in (0, 1, 2)])
    assert found == {"gen_ai.output.messages": [{"role": "assistant", "content": "Say 0"}]}


def test_json_that_a_user_wrote_stays_what_it_is() -> None:
    text = json.dumps({"ticket": "Ask"})
    found = event_messages([(USER, {"content": text})])
    assert conversation(found["gen_ai.input.messages"]).input == text


def test_other_events_are_none() -> None:
    assert event_messages([("exception", {"message": "x"}), (None, {}), (7, {})]) == {}
