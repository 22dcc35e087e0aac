"""The one door to LiteLLM: imported late, kept off the network, and silenced."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import sys
import warnings
from collections.abc import Callable
from typing import Any

from skillopt.adapters.models.list_content import accept_lists
from skillopt.adapters.models.odd_usage import accept_odd_usage

_ENVIRONMENT = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else the import fetches a price list
    "LITELLM_MODE": "PRODUCTION",  # else the import loads any .env upwards of itself
    "LITELLM_LOG": "ERROR",
    "HF_HUB_OFFLINE": "1",  # else counting tokens of a llama asks for its tokenizer online
}
_LOGGERS = ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy")
_LONGEST_FLUSH = 5.0
_HOOKS = ("callbacks", "input_callback", "success_callback", "failure_callback", "cache")
"""What a program hangs on LiteLLM: it would miss calls that another process makes."""
_loaded_here = "litellm" not in sys.modules


def load_litellm() -> Any:
    """The `litellm` module.

    The first import takes about two seconds. What the user's environment already says is kept.
    """
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    litellm = _imported()
    accept_lists()
    accept_odd_usage()
    # pydantic says this of LiteLLM's types when the first answer is read.
    warnings.filterwarnings("ignore", "Item .* is using the `ReadOnly` qualifier", UserWarning)
    # And this of a reply whose content is a list of parts.
    warnings.filterwarnings("ignore", r"Pydantic serializer warnings:\s+Pydantic", UserWarning)
    litellm.suppress_debug_info = True
    for logger in map(logging.getLogger, _LOGGERS):
        if logger.level != logging.CRITICAL:  # setting it makes every logger think anew
            logger.setLevel(logging.CRITICAL)
    return litellm


def _imported() -> Any:
    """The module; without the garbage collector in between, the import takes a quarter less."""
    if "litellm" in sys.modules:
        import litellm  # where another thread is importing it, this waits

        return litellm
    collecting = gc.isenabled()
    gc.disable()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import litellm
    finally:
        if collecting:
            _keep_what_is_loaded()
            gc.enable()
    return litellm


def set_up_elsewhere(litellm: Any) -> bool:
    """The program uses LiteLLM beside us: it had loaded it before, or has hung something on it."""
    return not _loaded_here or any(getattr(litellm, name, None) for name in _HOOKS)


def _keep_what_is_loaded() -> None:
    """Move what was imported to the oldest generation, instead of a look at all of it at once.

    Where something is frozen, that would thaw it, and it is left alone.
    """
    if gc.get_freeze_count() == 0:
        gc.freeze()
        gc.unfreeze()


class Connections:
    """The connections LiteLLM opens in one event loop from now on.

    LiteLLM keeps them for the next call and shares them with everything else in the process; those
    that were open before are not ours to close.
    """

    def __init__(self, litellm: Any) -> None:
        self._cache = litellm.in_memory_llm_clients_cache
        self._before = set(self._of_this_loop())

    async def close(self) -> None:
        """Close them, once LiteLLM has reported every call to its callbacks."""
        from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER

        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_FLUSH):
                await GLOBAL_LOGGING_WORKER.flush()
        for key in set(self._of_this_loop()) - self._before:
            client = self._cache.cache_dict.pop(key)
            self._cache.ttl_dict.pop(key, None)
            for close in _closers(client):
                with contextlib.suppress(Exception):  # a provider's client that is closed already
                    await close()

    def _of_this_loop(self) -> list[str]:
        mark = f"-{id(asyncio.get_running_loop())}"
        return [key for key in self._cache.cache_dict if str(key).endswith(mark)]


def _closers(client: Any) -> list[Callable[[], Any]]:
    """How to close ``client``: the transport below first, which httpx does not close by itself."""
    inner = getattr(client, "_client", None) or getattr(client, "client", None)
    parts = (getattr(inner, "_transport", None), inner, client)
    found = (getattr(part, "aclose", None) for part in parts)
    return [close for close in found if close is not None]
