"""Plain completions at an OpenAI endpoint: a client of our own, which LiteLLM would not keep.

LiteLLM opens a client for each plain completion and closes none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skillopt.adapters.models.settings import ModelSettings

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_OPENAI = "text-completion-openai/"


def plain_client(litellm: Any, settings: ModelSettings, key: str | None) -> AsyncOpenAI | None:
    """The client for a plain completion at an OpenAI endpoint; None for every other model.

    Args:
        litellm: the module, whose own key counts where none is given.
        settings: the model and its address.
        key: the key to send; None leaves it to the environment.
    """
    if not settings.model.startswith(_OPENAI):
        return None
    from openai import AsyncOpenAI

    return AsyncOpenAI(
        api_key=key or litellm.api_key or litellm.openai_key,
        base_url=settings.base or litellm.api_base,
        timeout=settings.timeout,
        max_retries=0,
    )
