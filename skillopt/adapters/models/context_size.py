"""How many tokens a model can hold, and requests at once, where its server or LiteLLM says so."""

from __future__ import annotations

from typing import Any, TypeGuard

from skillopt.adapters.models.library import load_litellm
from skillopt.adapters.models.settings import ModelSettings

_LONGEST_WAIT = 10.0


async def context_size(settings: ModelSettings) -> int | None:
    """Tokens; None where nobody says it. An endpoint of one's own is asked for its list of models.

    vLLM says `max_model_len` there, llama.cpp `meta.n_ctx` (older ones only what the model was
    trained with, which is not what it is served with).
    """
    if settings.base:
        return _said(await _listed(settings), settings.model.partition("/")[2])
    try:
        known = load_litellm().get_model_info(settings.model)["max_input_tokens"]
    except Exception:  # noqa: BLE001 - LiteLLM raises a bare Exception for a model it does not know
        return None
    return known if isinstance(known, int) else None


async def slots(settings: ModelSettings) -> int | None:
    """Requests that llama.cpp's server works on at once; other servers do not say it."""
    if not settings.base:
        return None
    base = settings.base.rstrip("/").removesuffix("/v1")
    props = await _got(f"{base}/props", settings)
    said = props.get("total_slots") if isinstance(props, dict) else None
    return said if _is_size(said) else None


async def _listed(settings: ModelSettings) -> Any:
    return await _got(f"{(settings.base or '').rstrip('/')}/models", settings)


async def _got(address: str, settings: ModelSettings) -> Any:
    import httpx

    headers = {"Authorization": f"Bearer {settings.api_key}"} if settings.api_key else {}
    try:
        async with httpx.AsyncClient(timeout=_LONGEST_WAIT) as client:
            return (await client.get(address, headers=headers)).json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return None


def _said(listed: Any, name: str) -> int | None:
    models = listed.get("data") if isinstance(listed, dict) else None
    entries = [one for one in models if isinstance(one, dict)] if isinstance(models, list) else []
    named = [one for one in entries if one.get("id") == name]
    chosen = (named or entries) if named or len(entries) == 1 else []
    for entry in chosen:
        meta = entry.get("meta")
        sizes = (entry.get("max_model_len"), meta.get("n_ctx") if isinstance(meta, dict) else None)
        for size in sizes:
            if _is_size(size):
                return size
    return None


def _is_size(said: Any) -> TypeGuard[int]:
    return isinstance(said, int) and not isinstance(said, bool) and said > 0
