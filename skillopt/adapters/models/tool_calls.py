"""Calls of the tools that a target's params offer: they are its answer, as JSON."""

from __future__ import annotations

import json
from typing import Any

from skillopt.core.value import canonical_json

_NOT_WHOLE = ("length", "content_filter")
"""Reasons to finish with which the arguments may be cut off."""


def called_tools(response: Any) -> str | None:
    """The calls in a response as the text of an answer; None where the model called nothing.

    It is a JSON object: `tool_calls`, a list of `name` and `arguments`, and `content`, where the
    model said something beside them. Arguments that are no JSON stay the text they are.
    """
    choices = getattr(response, "choices", None) or [None]
    message = getattr(choices[0], "message", None)
    calls = getattr(message, "tool_calls", None)
    if not calls or getattr(choices[0], "finish_reason", None) in _NOT_WHOLE:
        return None
    said = {"tool_calls": [_called(call.function) for call in calls]}
    content = getattr(message, "content", None)
    return canonical_json({"content": content, **said} if content else said)


def _called(function: Any) -> dict[str, Any]:
    try:
        arguments = json.loads(function.arguments or "{}")
    except ValueError:
        arguments = function.arguments
    return {"name": function.name, "arguments": arguments}
