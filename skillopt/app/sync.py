"""Waiting for an async entry point from synchronous code."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


def wait_for(running: Coroutine[Any, Any, Result], *, instead: str) -> Result:
    """The result of a coroutine, in an event loop of its own.

    Args:
        running: the coroutine.
        instead: the async name to await where an event loop is running already.

    Raises:
        RuntimeError: an event loop is running already.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(running)
    running.close()
    raise RuntimeError(f"an event loop is running here: use `await skillopt.{instead}(...)`")
