"""The address of an endpoint: what can be seen to be wrong before the first call."""

from __future__ import annotations

import os
from urllib.parse import SplitResult, urlsplit

from skillopt.errors import SettingsError

_SCHEMES = ("http", "https")
_ROUTES = ("/chat/completions", "/completions", "/responses", "/embeddings", "/models")
"""What is asked for below a base URL; in a base URL it stands there twice."""
_OPENAI_LIKE = frozenset({"openai", "hosted_vllm", "lm_studio", "llamafile", "custom_openai"})
"""Providers whose base URL LiteLLM completes with a route, whatever it ends with."""


def check_address(api_base: str | None, *, provider: str) -> None:
    """Refuse a base URL that no request can reach.

    Args:
        api_base: the setting; without one, LiteLLM's own variables are looked at.
        provider: LiteLLM's name of the provider.

    Raises:
        SettingsError: no scheme, no host, or the route of a request in it.
    """
    named = [("api_base", api_base)] if api_base else _from_environment(provider)
    for name, value in named:
        _check(name, value.strip(), provider=provider)


def _check(name: str, value: str, *, provider: str) -> None:
    parts = _split(name, value)
    if parts.scheme not in _SCHEMES or "://" not in value:
        bare = value.partition("://")[2] or value.lstrip("/")
        raise SettingsError(
            f"{name} {value!r} does not start with http:// or https://; "
            f"write http://{bare} for a server on your network, or https://{bare}"
        )
    if not parts.hostname or " " in value:
        raise SettingsError(f"{name} {value!r} is no URL; write it as http://HOST:PORT/v1")
    route = next((one for one in _ROUTES if parts.path.rstrip("/").endswith(one)), None)
    if route and provider in _OPENAI_LIKE:
        base = value.partition(route)[0]
        raise SettingsError(
            f"{name} {value!r} ends with {route}, which is added to it; write {base}"
        )


def _split(name: str, value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        raise SettingsError(f"{name} {value!r} is no URL: {error}") from None
    return parts


def _from_environment(provider: str) -> list[tuple[str, str]]:
    names = [f"{provider.upper()}{suffix}" for suffix in ("_API_BASE", "_BASE_URL")]
    return [(name, os.environ[name]) for name in names if os.environ.get(name)]


def wrong_path(api_base: str | None) -> str:
    """What to try where the endpoint knows no such path."""
    if not api_base:
        return "Check the model's name and the provider's address"
    base = api_base.rstrip("/")
    if base.endswith("/v1"):
        return f"Nothing answers below {base}: check the path, which most servers have as /v1"
    parts = urlsplit(base)
    return (
        f"Nothing answers below {base}: most servers want a path, such as "
        f"{parts.scheme}://{parts.netloc}/v1"
    )
