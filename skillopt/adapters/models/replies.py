"""What a provider's response says: the text, or why there is none, and what it used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from skillopt.adapters.models.failures import AttemptFailed, Remedy
from skillopt.adapters.models.prices import Prices
from skillopt.core.evaluation.rollout import Usage


def text_of(response: Any) -> str:
    """The reply's text; it may be empty, if the model said so.

    Raises:
        AttemptFailed: there is none; the response was paid all the same.
    """
    choices = getattr(response, "choices", None)
    if not choices:
        raise AttemptFailed("the reply has no choices", Remedy.RETRY)
    choice = choices[0]
    message = getattr(choice, "message", None)
    content = getattr(message, "content", None)
    extra = getattr(message, "provider_specific_fields", None) or {}
    refusal = getattr(message, "refusal", None) or extra.get("refusal")
    if getattr(choice, "finish_reason", None) == "content_filter":
        raise AttemptFailed("the provider's content filter blocked the reply", Remedy.GIVE_UP)
    if isinstance(content, str):
        return content
    if refusal:
        raise AttemptFailed(f"the model refused: {refusal}", Remedy.GIVE_UP)
    if getattr(choice, "finish_reason", None) == "length":
        return ""  # max_tokens went into reasoning: the model's own failure to answer
    raise AttemptFailed("the reply has no text", Remedy.RETRY)


def usage_of(
    litellm: Any, response: Any, messages: Sequence[Mapping[str, str]], *, prices: Prices | None
) -> Usage:
    """What one answered request used; tokens are counted here where the response does not say.

    Args:
        litellm: the module.
        response: what it returned.
        messages: what was sent.
        prices: named prices, which win over LiteLLM's list.
    """
    said = getattr(response, "usage", None)
    prompt = _count(said, "prompt_tokens") or _counted(litellm, response, messages=messages)
    completion = _count(said, "completion_tokens")
    if not completion:
        completion = _counted(litellm, response, text=_any_text(response))
    if prices is not None:
        cost: float | None = prices.of(prompt, completion)
    else:
        listed = (getattr(response, "_hidden_params", None) or {}).get("response_cost")
        cost = float(listed) if isinstance(listed, int | float) and listed >= 0 else None
    return Usage(calls=1, prompt_tokens=prompt, completion_tokens=completion, cost=cost)


def _count(said: Any, name: str) -> int:
    value = getattr(said, name, None)
    return value if isinstance(value, int) and value > 0 else 0


def _any_text(response: Any) -> str:
    choices = getattr(response, "choices", None) or [None]
    content = getattr(getattr(choices[0], "message", None), "content", None)
    return content if isinstance(content, str) else ""


def _counted(litellm: Any, response: Any, **what: Any) -> int:
    if not any(what.values()):
        return 0
    model = str(getattr(response, "model", None) or "")
    try:
        return int(litellm.token_counter(model=model, **what))
    except Exception:  # noqa: BLE001 - a count is an estimate here, whatever the tokenizer says
        return sum(len(str(value).encode()) // 3 + 1 for value in what.values())
