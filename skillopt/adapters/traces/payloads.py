"""What was asked and answered, in the free-form inputs and outputs of traces.

A tool keeps whatever an agent's function was given: a text, messages, or an object of its own. A
question is looked for under the names that agents give it.
"""

from __future__ import annotations

import json
from typing import Any

from skillopt.adapters.traces.messages import (
    Conversation,
    NotATask,
    answer_of,
    conversation,
    is_messages,
    text_of,
)

_ASKED = (
    "messages", "input", "inputs", "question", "query", "prompt", "user_input", "user_message",
    "text", "content", "contents", "message", "request", "kwargs",
)  # fmt: skip
_ANSWERED = (
    "messages", "output", "outputs", "answer", "response", "completion", "generations", "choices",
    "text", "content", "message", "result", "generated_text", "output_text",
)  # fmt: skip
_DEEPEST = 6
_PART = {"text", "type", "toolUse", "toolResult"}
"""One of these fields has every part of a message."""


def asked_in(content: Any, depth: int = 0) -> Conversation:
    """The question in ``content``, with the answer that follows it there, if one does.

    Raises:
        NotATask: there is none.
    """
    if depth > _DEEPEST:
        raise NotATask("the question is nested too deeply")
    if is_messages(content):
        return conversation(content)
    match content:
        case str() if content.strip():
            return Conversation(content, None)
        case list() if len(content) > 1 and all(map(_typed, content)):
            return Conversation(text_of(content), None)
        case [one]:
            return asked_in(one, depth + 1)
        case {"args": list() as given, "kwargs": dict() as named} if len(content) == 2:  # noqa: PLR2004
            return asked_in(_argument(given, named), depth + 1)
        case dict() if content:
            return asked_in(_question(content), depth + 1)
        case _:
            raise NotATask("no question in it")


def _typed(part: Any) -> bool:
    return isinstance(part, dict) and "type" in part


def _argument(given: list[Any], named: dict[str, Any]) -> Any:
    """The question among the arguments of a traced function, as Langfuse and Traceloop keep it."""
    if not given or _named(named, _ASKED) is not None:
        return named
    if len(given) > 1:
        raise NotATask(f"a call with {len(given)} arguments, none of which is named as a question")
    return given[0]


def _question(content: dict[str, Any]) -> Any:
    if len(content) == 1:
        return next(iter(content.values()))
    value = _named(content, _ASKED)
    if value is None:
        fields = ", ".join(str(name)[:40] for name in list(content)[:5])
        raise NotATask(f"no question among the fields {fields}")
    return value


def answered_in(content: Any, depth: int = 0) -> Any:
    """The answer in ``content``: its words, or the content itself where it is JSON of its own."""
    if depth > _DEEPEST or content is None:
        return content
    if isinstance(content, dict) and isinstance(content.get("parts"), list):  # Gemini
        content = {"role": "assistant", **content}
    listed = [content] if isinstance(content, dict) else content
    if is_messages(listed):
        return answer_of(listed)
    match content:
        case (
            [dict() as one]
            | {"choices": [dict() as one, *_]}
            | {"candidates": [{"content": dict() as one}, *_]}
        ):
            return answered_in(one, depth + 1)
        case {"generations": list() as generations}:
            return answered_in(_flat(generations)[:1], depth + 1)
        case dict() if (value := _named(content, _ANSWERED)) is not None:
            return answered_in(value, depth + 1)
        case _:
            return content


def decoded(content: Any) -> Any:
    """What was stored as JSON text, as OpenTelemetry's attributes can hold no objects."""
    if not isinstance(content, str):
        return content
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return content


def parts_or_text(content: Any) -> Any:
    """The content of a message that was stored as JSON text: its parts; else the text as it is."""
    parts = decoded(content)
    listed = isinstance(parts, list) and bool(parts)
    return (
        parts
        if listed and all(isinstance(one, dict) and _PART & one.keys() for one in parts)
        else content
    )


def _named(content: dict[str, Any], names: tuple[str, ...]) -> Any:
    """The value under the first of ``names`` that has one."""
    lowered = {str(name).casefold(): value for name, value in content.items()}
    found = (lowered[name] for name in names if lowered.get(name) not in (None, "", [], {}))
    return next(found, None)


def _flat(lists: list[Any]) -> list[Any]:
    return [part for one in lists for part in (one if isinstance(one, list) else [one])]
