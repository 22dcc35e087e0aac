"""Counts of tokens that are no counts, for which LiteLLM refuses a reply that was paid for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

_READERS = ("litellm.llms.openai.openai", "litellm.llms.openai.chat.gpt_transformation")
_COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")


def plain_usage(usage: object) -> dict[str, Any] | None:
    """``usage`` with whole numbers for counts, in its details too; what is none is left out.

    None where it is no object or names no count.
    """
    if not isinstance(usage, Mapping):
        return None
    plain = _plain(usage)
    for name in [name for name in usage if str(name).endswith("_tokens_details")]:
        details = plain.pop(name, None)
        if isinstance(details, Mapping):
            plain[name] = _plain(details)
    return plain if any(name in plain for name in _COUNTS) else None


def _plain(counts: Mapping[Any, Any]) -> dict[str, Any]:
    read = {
        name: _count(value) if str(name).endswith("_tokens") else value
        for name, value in counts.items()
    }
    return {name: value for name, value in read.items() if value is not None}


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
