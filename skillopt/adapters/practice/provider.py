"""The practice models as a LiteLLM custom provider: `practice/reader`, `…/mentor`, `…/judge`.

They answer through LiteLLM's own door, so that prompts, parsing, retries, cost and cache run the
same way as with a real model. A word is a token, and a token costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from skillopt.adapters.practice import judge, mentor
from skillopt.adapters.practice.loading import choose
from skillopt.adapters.practice.reader import answer
from skillopt.core.quoting import blocks

PROVIDER = "practice"
DESCRIBE = "an edit of the kind `describe`"
"""What a prompt has that asks for descriptions as well."""
MODELS = ("reader", "mentor", "judge")


def register(litellm: Any) -> None:
    """Make the practice models known to LiteLLM; again changes nothing.

    Args:
        litellm: the imported module; importing it costs seconds, so the caller does it, late.
    """
    known = list(getattr(litellm, "custom_provider_map", None) or [])
    if any(entry["provider"] == PROVIDER for entry in known):
        return
    handler = _handler_class(litellm)()
    litellm.custom_provider_map = [*known, {"provider": PROVIDER, "custom_handler": handler}]
    litellm.utils.custom_llm_setup()
    litellm.register_model({f"{PROVIDER}/{name}": dict(_FREE) for name in MODELS})


def respond(model: str, messages: Sequence[Mapping[str, Any]], params: Mapping[str, Any]) -> str:
    """What a practice model says.

    Args:
        model: `reader`, `mentor` or `judge`.
        messages: as sent: mappings with `role` and `content`.
        params: `seed` (an integer) and, for the reader, `noise` (between 0 and 1).

    Raises:
        ValueError: there is no such practice model, or a parameter is out of range.
    """
    seed = _seed(params.get("seed"))
    match model.removeprefix(f"{PROVIDER}/"):
        case "reader":
            skill = "\n".join(_texts(messages, "system"))
            asked = _texts(messages, "user")
            given, noise = blocks(skill), _noise(params.get("noise"))
            if "skills" in given and "skill" not in given:
                text = asked[-1] if asked else ""
                return choose(given["skills"], text, seed=seed, noise=noise)
            return answer(
                given.get("skill", ""),
                asked[-1] if asked else "",
                seed=seed,
                noise=noise,
            )
        case "mentor":
            shown = blocks("\n".join(_texts(messages, "user")))
            may_describe = DESCRIBE in "\n".join(_texts(messages, "system"))
            return mentor.reply(shown, seed=seed, may_describe=may_describe)
        case "judge":
            return judge.reply(blocks("\n".join(_texts(messages, "user"))))
        case unknown:
            raise ValueError(
                f"there is no practice model {unknown!r}; there are {', '.join(MODELS)}"
            )


def _seed(value: Any) -> int:
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"seed is {value!r}; it must be an integer")  # noqa: TRY004
    return value


def _noise(value: Any) -> float:
    if value is None:
        return 0.0
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= value <= 1:
        raise ValueError(f"noise is {value!r}; it must be a number between 0 and 1")
    return float(value)


def _texts(messages: Sequence[Mapping[str, Any]], role: str) -> list[str]:
    """The texts of one role's messages; of a content in parts, the text parts."""
    found = []
    for message in messages:
        content = message.get("content") if message.get("role") == role else None
        if isinstance(content, str):
            found.append(content)
        elif isinstance(content, list):
            parts = [part.get("text") for part in content if isinstance(part, Mapping)]
            found.append("\n".join(part for part in parts if isinstance(part, str)))
    return found


_FREE = {
    "input_cost_per_token": 0.0,
    "output_cost_per_token": 0.0,
    "cache_creation_input_token_cost": 0.0,
    "cache_read_input_token_cost": 0.0,
    "litellm_provider": PROVIDER,
    "mode": "chat",
    "max_tokens": 1_000_000,
    "max_input_tokens": 1_000_000,
    "max_output_tokens": 1_000_000,
    "supports_response_schema": True,
}


@cache
def _handler_class(litellm: Any) -> Any:
    class PracticeModels(litellm.CustomLLM):  # type: ignore[misc]  # its base comes late
        """Answers for the provider."""

        def completion(self, *_: Any, **kwargs: Any) -> Any:
            return _completed(litellm, kwargs)

        async def acompletion(self, *_: Any, **kwargs: Any) -> Any:
            return _completed(litellm, kwargs)

    return PracticeModels


def _completed(litellm: Any, kwargs: Mapping[str, Any]) -> Any:
    model = str(kwargs["model"])
    try:
        text = respond(model, kwargs["messages"], kwargs.get("optional_params") or {})
    except ValueError as error:
        raise litellm.BadRequestError(
            message=str(error), model=model, llm_provider=PROVIDER
        ) from None
    response = kwargs["model_response"]
    response.model = f"{PROVIDER}/{model.removeprefix(PROVIDER + '/')}"
    response.choices[0].message.content = text
    response.choices[0].finish_reason = "stop"
    asked = sum(len(part.split()) for role in _ROLES for part in _texts(kwargs["messages"], role))
    said = len(text.split())
    response.usage = litellm.Usage(
        prompt_tokens=asked, completion_tokens=said, total_tokens=asked + said
    )
    return response


_ROLES = ("system", "user", "assistant")
