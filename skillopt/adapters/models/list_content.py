"""Replies whose content is a list of parts, which LiteLLM refuses from OpenAI-like endpoints."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

_Extract = Callable[[Mapping[str, object]], tuple[str | None, str | None]]
_READER = "litellm.litellm_core_utils.llm_response_utils.convert_dict_to_response"


def taken_apart(parts: Sequence[Any]) -> tuple[str, str | None]:
    """The reasoning and the text in ``parts``; a text of None where no part is one."""
    thoughts = [_text_of(part) for part in parts if _is_thought(part)]
    texts = [_text_of(part) for part in parts if not _is_thought(part)]
    return "\n\n".join(filter(None, thoughts)), "".join(texts) if texts else None


def accept_lists() -> None:
    """Let LiteLLM take lists of parts in this process; what it takes already stays as it is.

    Its reader of OpenAI-like responses asks one function for the reasoning and the content of a
    message, and refuses a content that is no text after that.
    """
    reader: Any = import_module(_READER)
    theirs: _Extract = reader.extract_reasoning_content
    if getattr(theirs, "takes_lists", False):
        return

    def extract(message: Mapping[str, object]) -> tuple[str | None, str | None]:
        content = message.get("content")
        if not isinstance(content, list):
            return theirs(message)
        within, text = taken_apart(content)
        apart, _ = theirs({**message, "content": None})
        return "\n\n".join(filter(None, (apart, within))) or None, text

    extract.takes_lists = True  # type: ignore[attr-defined]
    reader.extract_reasoning_content = extract


def _is_thought(part: Any) -> bool:
    kind = str(part.get("type", "")) if isinstance(part, Mapping) else ""
    return "think" in kind or "reason" in kind


def _text_of(part: Any) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Mapping):
        names = ("text", "thinking", "reasoning", "content", "summary")
        return next((_text_of(part[name]) for name in names if part.get(name)), "")
    return "".join(map(_text_of, part)) if isinstance(part, list) else ""
