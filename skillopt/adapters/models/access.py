"""Whether a model can be called at all: its provider is known, and there is a key."""

from __future__ import annotations

from typing import Any

from skillopt.adapters.models.addresses import check_address
from skillopt.adapters.models.settings import ModelSettings
from skillopt.errors import SettingsError

NO_KEY_NEEDED = "no-key-needed"
"""Sent to an endpoint of one's own without a key: LiteLLM's clients refuse to send none."""

PLAIN_OPENAI = "text-completion-"


def access(litellm: Any, settings: ModelSettings) -> str | None:
    """The key to send; None leaves it to LiteLLM and its variables.

    Raises:
        SettingsError: unknown LiteLLM provider, an address that no request can reach, or the
            provider's key is not set.
    """
    if settings.api_key:
        return settings.api_key
    try:
        provider = litellm.get_llm_provider(settings.model, api_base=settings.api_base)[1]
    except Exception:  # noqa: BLE001 - it raises more than one class for one thing
        raise SettingsError(
            f"model {settings.model!r}: unknown LiteLLM provider; write it as "
            f"provider/model, such as openai/gpt-5-mini, or openai/<name> with api_base for an "
            f"endpoint of your own that speaks the OpenAI protocol"
        ) from None
    check_address(settings.api_base, provider=str(provider))
    # LiteLLM reads OpenAI's key for its plain completions too, and does not miss it.
    named = settings.model.removeprefix(PLAIN_OPENAI)
    missing = litellm.validate_environment(named)["missing_keys"]
    if not missing or any(not name.endswith("_API_KEY") for name in missing):
        return None  # there is a key, or the provider has other ways to prove who calls
    if getattr(litellm, f"{provider}_key", None) or litellm.api_key:
        return None
    if settings.base or litellm.api_base:
        return NO_KEY_NEEDED
    raise SettingsError(
        f"model {settings.model!r} needs a key: set {' or '.join(missing)} in the environment, "
        f"or api_base for an endpoint of your own"
    )
