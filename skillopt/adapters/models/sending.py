"""Messages as a request can carry them."""

from __future__ import annotations

from collections.abc import Sequence

from skillopt.core.evaluation.task import Message


def sendable(messages: Sequence[Message], *, plain: bool = False) -> list[dict[str, str]]:
    """``messages`` as dicts, in UTF-8; a plain completion has one, its prompt."""
    if plain:
        prompt = "\n\n".join(message.content for message in messages)
        return [{"role": "user", "content": _utf8(prompt)}]
    return [{"role": message.role, "content": _utf8(message.content)} for message in messages]


def _utf8(text: str) -> str:
    """``text`` without lone surrogates, which a model's JSON may hold and no request can carry."""
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8")
