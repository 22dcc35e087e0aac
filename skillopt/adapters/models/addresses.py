"""The address of an endpoint: what can be seen to be wrong before the first call."""

from __future__ import annotations

import os
from urllib.parse import SplitResult, urlsplit

from skillopt.core.redaction import redacted
from skillopt.errors import SettingsError

_SCHEMES = ("http", "https")
_ROUTES = ("/chat/completions", "/completions", "/responses", "/embeddings", "/models")
"""What is asked for below a base URL; in a base URL it stands there twice."""
_OPENAI_LIKE = frozenset({"openai", "hosted_vllm", "lm_studio", "llamafile", "custom_openai"})
"""Providers whose base URL LiteLLM completes with a route, whatever it ends with."""
_FAMILIES = {
    "ollama_chat": "ollama",
    "text-completion-openai": "openai",
    "cohere_chat": "cohere",
    "custom_openai": "openai",
}
"""Providers that read another one's variables."""
_BARE = {"claude": "anthropic", "gemini": "gemini"}


def check_address(api_base: str | None, *, provider: str) -> None:
    """Refuse a base URL that no request can reach.

    Args:
        api_base: the setting; without one, LiteLLM's own variables are looked at.
        provider: LiteLLM's name of the provider.

    Raises:
        SettingsError: no scheme, no host, or the route of a request in it.
    """
    named = [("api_base", api_base)] if api_base else _set_variables(provider)
    for name, value in named:
        _check(name, value.strip(), provider=provider)


def _check(name: str, value: str, *, provider: str) -> None:
    shown = redacted(value)
    parts = _split(name, value)
    if parts.scheme not in _SCHEMES or "://" not in value:
        bare = value.partition("://")[2] or value.lstrip("/")
        raise SettingsError(
            f"{name} {shown!r} does not start with http:// or https://; "
            f"write http://{redacted(bare)} for a server on your network, or "
            f"https://{redacted(bare)}"
        )
    if not parts.hostname or " " in value:
        raise SettingsError(f"{name} {shown!r} is no URL; write it as http://HOST:PORT/v1")
    route = next((one for one in _ROUTES if parts.path.rstrip("/").endswith(one)), None)
    if route and provider in _OPENAI_LIKE:
        base = value.partition(route)[0]
        raise SettingsError(
            f"{name} {shown!r} ends with {route}, which is added to it; write {redacted(base)}"
        )


def _split(name: str, value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        raise SettingsError(
            f"{name} {redacted(value)!r} is no URL: {redacted(str(error))}"
        ) from None
    return parts


def base_from_environment(model: str) -> str | None:
    """The base URL that the environment sets for a model's provider; None for the provider's own.

    Args:
        model: a LiteLLM model string.
    """
    found = _set_variables(_provider(model))
    return found[0][1].strip() if found else None


def _provider(model: str) -> str:
    """The provider in a model string; a bare name is Anthropic's, Google's or OpenAI's."""
    prefix, slash, _ = model.partition("/")
    if slash:
        return prefix
    return next((provider for mark, provider in _BARE.items() if mark in model), "openai")


def _set_variables(provider: str) -> list[tuple[str, str]]:
    """The variables that name its base URL, the one that wins first."""
    family = _FAMILIES.get(provider, provider)
    suffixes = ("_BASE_URL", "_API_BASE") if family == "openai" else ("_API_BASE", "_BASE_URL")
    names = [f"{family.upper()}{suffix}" for suffix in suffixes]
    return [(name, os.environ[name]) for name in names if os.environ.get(name)]


def wrong_path(api_base: str | None) -> str:
    """What to try where the endpoint knows no such path."""
    if not api_base:
        return "Check the model's name and the provider's address"
    base = redacted(api_base).rstrip("/")
    if base.endswith("/v1"):
        return f"Nothing answers below {base}: check the path, which most servers have as /v1"
    parts = urlsplit(base)
    return (
        f"Nothing answers below {base}: most servers want a path, such as "
        f"{parts.scheme}://{parts.netloc}/v1"
    )
