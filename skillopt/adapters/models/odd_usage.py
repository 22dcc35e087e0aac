"""Counts of tokens that are no counts, for which LiteLLM refuses a reply that was paid for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

_READERS = ("litellm.llms.openai.openai", "litellm.llms.openai.chat.gpt_transformation")
_COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")


def plain_usage(usage: object) -> dict[str, Any] | None:
    """``usage`` with whole numbers for counts; None where it is no object or names no count."""
    if not isinstance(usage, Mapping):
        return None
    counts = {name: count for name in _COUNTS if (count := _count(usage.get(name))) is not None}
    given = {name: usage[name] for name in _COUNTS if usage.get(name) is not None}
    if counts == given and all(isinstance(count, int) for count in given.values()):
        return dict(usage)
    return counts or None


def accept_odd_usage() -> None:
    """Let LiteLLM take such counts in this process; what is left out is counted here instead."""
    for name in _READERS:
        reader: Any = import_module(name)
        if not getattr(reader.convert_to_model_response_object, "takes_odd_usage", False):
            reader.convert_to_model_response_object = _taking_odd_usage(
                reader.convert_to_model_response_object
            )


def _taking_odd_usage(theirs: Callable[..., Any]) -> Callable[..., Any]:
    def convert(*given: Any, **named: Any) -> Any:
        response = named.get("response_object")
        if isinstance(response, dict) and response.get("usage") is not None:
            named["response_object"] = {**response, "usage": plain_usage(response["usage"])}
        return theirs(*given, **named)

    convert.takes_odd_usage = True  # type: ignore[attr-defined]
    return convert


def _count(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return int(float(value)) if not isinstance(value, int) else value
    except (ValueError, OverflowError):
        return None
