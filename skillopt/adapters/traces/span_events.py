"""Messages that a span has as events: `gen_ai.user.message`, `gen_ai.choice` and their like.

The GenAI conventions of OpenTelemetry had them so before 1.37. The words are in the event's
attributes (`content`, `message`), or as JSON in one of them (`gen_ai.event.content`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from skillopt.adapters.traces.payloads import decoded, parts_or_text

_ASKED = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}
_ANSWERED = "gen_ai.choice"


def event_messages(events: Sequence[tuple[Any, dict[str, Any]]]) -> dict[str, Any]:
    """The messages of events, under the names of attributes that newer conventions give them.

    Args:
        events: name and attributes of each, in their order.
    """
    asked = [_message(_ASKED[name], has) for name, has in events if name in _ASKED]
    said = [
        _message("assistant", has) for name, has in events if name == _ANSWERED and _is_first(has)
    ]
    named = {"gen_ai.input.messages": asked, "gen_ai.output.messages": said}
    return {name: messages for name, messages in named.items() if messages}


def _is_first(fields: dict[str, Any]) -> bool:
    """Of several choices the first is the answer."""
    return str(_fields(fields).get("index", 0)) == "0"


def _message(role: str, fields: dict[str, Any]) -> dict[str, Any]:
    known = _fields(fields)
    content = known.get("content", known.get("message"))
    whole = decoded(content)
    if isinstance(whole, dict) and isinstance(whole.get("content"), str | list):
        content = whole["content"]
    return {"role": role, "content": parts_or_text(content)}


def _fields(fields: dict[str, Any]) -> dict[str, Any]:
    inner = decoded(fields.get("gen_ai.event.content"))
    return {**fields, **inner} if isinstance(inner, dict) else fields
