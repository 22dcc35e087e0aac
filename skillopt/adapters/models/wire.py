"""What every request of a model carries: the address, the key, the parameters."""

from __future__ import annotations

from typing import Any, NamedTuple

from skillopt.adapters.models.access import access
from skillopt.adapters.models.calls import Wire
from skillopt.adapters.models.library import Connections, load_litellm
from skillopt.adapters.models.plain import plain_client
from skillopt.adapters.models.prices import Prices, completion_bound, named_prices
from skillopt.adapters.models.settings import ModelSettings

UNSENT = (
    "{name!r} (from the role's parameters) is not sent, since LiteLLM says that this model does "
    "not take it; --force-param {name} sends it all the same"
)


class Ways(NamedTuple):
    """How the parameters of a role get past LiteLLM's list of what a model takes."""

    allowed: tuple[str, ...]
    """Forced ones that it lets through where they are named."""
    body: dict[str, Any]
    """Forced ones that it would take out or change all the same: parts of the body."""
    unsent: tuple[str, ...]
    """Those that are not forced, and that it leaves out."""


def built_wire(settings: ModelSettings, *, max_tokens: int | None, highest: Prices | None) -> Wire:
    """The connection to a model.

    Args:
        settings: the model and its parameters.
        max_tokens: the bound on a reply; sent where the params have none.
        highest: bounds on the price of a call, where a limit needs them.

    Raises:
        SettingsError: the model cannot be called.
    """
    litellm = load_litellm()
    key = access(litellm, settings)
    plain = plain_client(litellm, settings, key)
    options: dict[str, Any] = {
        "model": settings.model,
        "api_base": settings.api_base,
        "api_key": key,
        "client": plain,
        "timeout": settings.timeout,
        "num_retries": 0,
        "max_retries": 0,
        "drop_params": True,
        **settings.sent_params,
    }
    if settings.calls_tools:
        options["_skip_mcp_handler"] = True  # else LiteLLM wants the package `mcp` for any tool
    if max_tokens is not None and completion_bound(settings) is None:
        options["max_tokens"] = max_tokens
    ways = ways_past(litellm, settings)
    if ways.allowed:
        options["allowed_openai_params"] = [*ways.allowed]
    if ways.body:
        options["extra_body"] = {**ways.body, **(options.get("extra_body") or {})}
    given = {name: value for name, value in options.items() if value is not None}
    return Wire(
        litellm=litellm,
        options=given,
        prices=named_prices(settings),
        highest=highest,
        connections=Connections(litellm),
        plain=plain,
        unsent=ways.unsent,
    )


def ways_past(litellm: Any, settings: ModelSettings) -> Ways:
    """How LiteLLM treats each parameter that the user has named.

    LiteLLM leaves out what it does not know a model to take. Nothing that a user names is left out
    without a word: it is said, or, where it is forced, it is sent.
    """
    unsent = [
        name
        for name, value in settings.sent_params.items()
        if name not in settings.force and _refuses(litellm, settings, {name: value})
    ]
    body = {
        name: settings.params[name]
        for name in settings.force
        if name in settings.params
        and _refuses(litellm, settings, {name: settings.params[name]}, allowed=[name])
    }
    return Ways(settings.force, body, tuple(unsent))


def _refuses(
    litellm: Any,
    settings: ModelSettings,
    params: dict[str, Any],
    *,
    allowed: list[str] | None = None,
) -> bool:
    """LiteLLM would leave a parameter out: without `drop_params` it raises instead."""
    model, provider, *_ = litellm.get_llm_provider(settings.model, api_base=settings.base)
    more = {"allowed_openai_params": allowed} if allowed else {}
    try:
        litellm.utils.get_optional_params(
            model=model, custom_llm_provider=provider, drop_params=False, **params, **more
        )
    except litellm.UnsupportedParamsError:
        return True
    except Exception:  # noqa: BLE001 - a wrong value is for the call itself to say
        return False
    return False
