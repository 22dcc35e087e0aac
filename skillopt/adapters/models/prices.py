"""What a call may cost at most, and what it did cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from skillopt.adapters.models.settings import PRICES, ModelSettings

DEFAULT_MAX_TOKENS = 4096
"""`max_tokens` of a call under a limit of tokens or money, where the params name none: without a
bound on the reply no limit could be held."""

MESSAGE_TOKENS = 16
"""Bound on what a chat template adds to a message."""
CALL_TOKENS = 64
"""Bound on what a chat template adds to a conversation."""
FORMAT_TOKENS = 1000
"""Bound on what a provider adds to a prompt to ask for a structured reply, beside the schema."""

_TIERS = ("priority", "flex", "batches", "balanced", "ultrafast")


class Prices(NamedTuple):
    """US dollars per token, the highest that may apply."""

    prompt: float
    completion: float

    def of(self, prompt_tokens: int, completion_tokens: int) -> float:
        """US dollars."""
        return prompt_tokens * self.prompt + completion_tokens * self.completion


def named_prices(settings: ModelSettings) -> Prices | None:
    """The prices in the params."""
    if PRICES[0] not in settings.params:
        return None
    return Prices(*(float(str(settings.params[name])) for name in PRICES))


def listed_prices(litellm: Any, settings: ModelSettings) -> Prices | None:
    """The highest prices in LiteLLM's list that may apply to a call; None where it has none.

    Surcharges (long prompts, writing the cache, reasoning) are taken as if they always applied,
    other service tiers only where the params ask for one.
    """
    try:
        key = litellm.get_model_info(settings.model)["key"]
        entry: Mapping[str, Any] = litellm.model_cost[key]
    except Exception:  # noqa: BLE001 - LiteLLM raises a bare Exception for a model it does not know
        return None
    tier = str(settings.params.get("service_tier", ""))
    others = [name for name in _TIERS if name != tier]
    prompt = _highest(entry, ("input_cost_per_token", "cache_creation_input_token_cost"), others)
    completion = _highest(
        entry, ("output_cost_per_token", "output_cost_per_reasoning_token"), others
    )
    return None if prompt is None or completion is None else Prices(prompt, completion)


def prompt_bound(messages: Sequence[Mapping[str, str]], *, format_size: int = 0) -> int:
    """A bound on a prompt's tokens: no tokenizer makes more tokens than there are bytes.

    Args:
        messages: as they are sent.
        format_size: bytes of the reply's schema, 0 where none is sent.
    """
    texts = sum(len(message["content"].encode()) + MESSAGE_TOKENS for message in messages)
    return texts + CALL_TOKENS + (format_size + FORMAT_TOKENS if format_size else 0)


def completion_bound(settings: ModelSettings) -> int | None:
    """The bound on a reply's tokens that the params name."""
    for name in ("max_completion_tokens", "max_tokens"):
        value = settings.params.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    return None


def _highest(entry: Mapping[str, Any], names: Sequence[str], others: Sequence[str]) -> float | None:
    """The highest price under ``names``; None where the first name has none at all."""
    if entry.get(names[0]) is None:
        return None
    found = (
        float(price)
        for key, price in entry.items()
        if price and key.startswith(tuple(names)) and not any(tier in key for tier in others)
    )
    return max(found, default=0.0)
