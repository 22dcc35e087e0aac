"""Collects the steps of a trace: frameworks tell a call's result in a message of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from skillopt.core.evaluation.arguments import plain
from skillopt.core.evaluation.trace import Said, Step, ToolCall, Trace
from skillopt.core.value import canonical_json

UNREAD = "(not JSON)"
"""Names arguments that the model wrote as a text which is no JSON object."""


class Steps:
    """The steps of one rollout, in order."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._open: dict[Any, int] = {}

    def say(self, role: Literal["system", "user", "assistant"], content: Any) -> None:
        """Add a message; one without text is none."""
        text = text_of(content)
        if text.strip():
            self._steps.append(Said(role=role, text=text))

    def call(self, name: object, arguments: object, *, key: object = None) -> None:
        """Add a tool call.

        Args:
            name: of the tool.
            arguments: a mapping, or its JSON.
            key: names the call, for a result that comes later.
        """
        if key is not None:
            self._open[key] = len(self._steps)
        self._steps.append(ToolCall(name=str(name), arguments=_read(arguments)))

    def result(
        self, content: Any, *, key: object, name: object = None, failed: bool = False
    ) -> None:
        """Tell what a call has returned; one that was never seen is a call of its own."""
        place = self._open.pop(key, None)
        if place is None:
            place = len(self._steps)
            self._steps.append(ToolCall(name=str(name or "unknown")))
        update = {"result": text_of(content), "failed": failed}
        self._steps[place] = ToolCall(**{**self._steps[place].model_dump(), **update})

    def trace(self) -> Trace:
        """All of them, in order."""
        return Trace(steps=tuple(self._steps))


def text_of(content: Any) -> str:
    """The text in a message's content: a text, a list of parts, or anything else as JSON."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, Sequence) and not isinstance(content, bytes | bytearray):
        return "".join(_part(part) for part in content)
    dumped = getattr(content, "model_dump", None)
    content = dumped(mode="json") if callable(dumped) and not isinstance(content, type) else content
    return canonical_json(plain(content)) if isinstance(content, Mapping) else str(plain(content))


def field(value: Any, name: str) -> Any:
    """A field of an object or of a mapping; None where it has none."""
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)


def _part(part: Any) -> str:
    if isinstance(part, str):
        return part
    text = field(part, "text")
    if isinstance(text, str):
        return text
    if field(part, "type") is None:
        return text_of(part)
    return ""  # a picture, a thought, a call


def _read(arguments: object) -> dict[str, Any]:
    if arguments is None or arguments == "":
        return {}
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments)
        except (ValueError, RecursionError):
            return {UNREAD: arguments}
    if isinstance(arguments, Mapping):
        return dict(arguments)
    return {UNREAD: text_of(arguments)}
