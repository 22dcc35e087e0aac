"""Conversations of a Claude account export (`conversations.json`, with `chat_messages`)."""

from __future__ import annotations

from typing import Any

from skillopt.adapters.traces.messages import NotATask

_WORDS = ("text", "voice_note")  # no set: what is looked up may be a list


def is_claude_account(content: dict[str, Any]) -> bool:
    """Whether a record is a conversation of such an export."""
    return isinstance(content.get("chat_messages"), list)


def claude_account_messages(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages, the first one first, in the spelling of the OpenAI protocol.

    Raises:
        NotATask: a file is attached to a message of the user.
    """
    return [_said(one) for one in content["chat_messages"] if isinstance(one, dict)]


def _said(message: dict[str, Any]) -> dict[str, Any]:
    role = message.get("sender")
    if role == "human" and any(message.get(name) for name in ("attachments", "files")):
        raise NotATask("a file is attached to a message of the user")
    parts = message.get("content")
    listed = parts if isinstance(parts, list) else []
    words = [one for one in listed if isinstance(one, dict) and one.get("type") in _WORDS]
    return {"role": role, "content": words or message.get("text")}
