"""What a provider's response says: the text, or why there is none, and what it used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from skillopt.adapters.models.failures import AttemptFailed, Remedy
from skillopt.adapters.models.list_content import taken_apart
from skillopt.adapters.models.prices import Prices
from skillopt.core.endings import Ending
from skillopt.core.evaluation.rollout import MOST_COUNTED, Reply, Usage, counted
from skillopt.core.foreign_text import admitted
from skillopt.core.reasoning import Heard, heard

_ENDINGS = {
    "length": Ending.CUT,
    "content_filter": Ending.FILTERED,
    "tool_calls": Ending.TOOL_CALLS,
    "function_call": Ending.TOOL_CALLS,
}
_NATIVE_ENDINGS = {
    "error": Ending.FAILED,
    "network_error": Ending.FAILED,
    "malformed_function_call": Ending.TOOL_CALLS,
    "unexpected_tool_call": Ending.TOOL_CALLS,
    "too_many_tool_calls": Ending.TOOL_CALLS,
    "malformed_response": Ending.FAILED,
}
"""What LiteLLM reports as `stop`."""


class Said(NamedTuple):
    """What a response says."""

    text: str
    reasoning: str
    ending: Ending

    def reply(self, used: Usage) -> Reply:
        """It, with what its requests have used."""
        return Reply(text=self.text, usage=used, ending=self.ending, reasoning=self.reasoning)

    @property
    def lacking(self) -> str | None:
        """Why it may be worth to ask once more: a request like it may well be answered."""
        if self.ending is Ending.FAILED:
            return "the provider failed before the reply's end"
        if self.ending is Ending.COMPLETE and self.reasoning and not self.text.strip():
            return "the reply has no text, only reasoning"
        return None


def said_in(response: Any) -> Said:
    """What the response says; the text may be empty, if the model said so.

    Raises:
        AttemptFailed: it says nothing; the response was paid all the same.
    """
    choices = getattr(response, "choices", None)
    if not choices:
        raise AttemptFailed("the reply has no choices", Remedy.RETRY)
    choice = choices[0]
    message = getattr(choice, "message", None)
    content = getattr(message, "content", None)
    ending = _ending(choice, message, content)
    apart = _reasoning(message)
    if ending is Ending.REFUSED and not content:
        content = _refusal(message)
    text, within = Heard("", "")
    if isinstance(content, str):
        text, within = heard(admitted(content.removeprefix("\ufeff")))
    said = Said(text, "\n\n".join(filter(None, (apart, within))), ending)
    if content is None and ending is Ending.COMPLETE and not said.reasoning:
        raise AttemptFailed("the reply has no text", Remedy.RETRY_ONCE)
    return said


def _ending(choice: Any, message: Any, content: Any) -> Ending:
    if not content and _refusal(message):
        return Ending.REFUSED
    native = (getattr(choice, "provider_specific_fields", None) or {}).get("native_finish_reason")
    if native == "refusal":
        return Ending.REFUSED
    if isinstance(native, str) and native.lower() in _NATIVE_ENDINGS:
        return _NATIVE_ENDINGS[native.lower()]
    return _ENDINGS.get(getattr(choice, "finish_reason", None) or "", Ending.COMPLETE)


def _refusal(message: Any) -> str:
    extra = getattr(message, "provider_specific_fields", None) or {}
    return str(getattr(message, "refusal", None) or extra.get("refusal") or "")


def _reasoning(message: Any) -> str:
    apart = getattr(message, "reasoning_content", None)
    if isinstance(apart, str) and apart.strip():
        return apart.strip()
    extra = getattr(message, "provider_specific_fields", None) or {}
    details = getattr(message, "reasoning_details", None) or extra.get("reasoning_details")
    return taken_apart(details)[0].strip() if isinstance(details, list) else ""


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
        cost = _cost(listed)
    return Usage(calls=1, prompt_tokens=prompt, completion_tokens=completion, cost=cost)


def _count(said: Any, name: str) -> int:
    return counted(getattr(said, name, None))


def _cost(listed: object) -> float | None:
    """US dollars; None where what is stated cannot be a price."""
    if not isinstance(listed, int | float) or not 0 <= listed <= MOST_COUNTED:
        return None
    return float(listed)


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
