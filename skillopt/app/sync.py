"""Waiting for an async entry point from synchronous code."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from skillopt.errors import InputError

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
        return run_to_end(running)
    running.close()
    raise RuntimeError(f"an event loop is running here: use `await skillopt.{instead}(...)`")


def run_to_end(running: Coroutine[Any, Any, Result]) -> Result:
    """The result of ``running``, in an event loop of its own.

    Raises:
        InputError: code of the user's called `exit`, out of reach of what guards its calls.
    """
    try:
        return asyncio.run(_main(running))
    except SystemExit as left:
        raise InputError(
            f"a task that a check, a target or a listener started called exit({left.code!r}), "
            "which would have ended the program without a result; let it return or raise"
        ) from None


async def _main(running: Coroutine[Any, Any, Result]) -> Result:
    asyncio.get_running_loop().set_default_executor(_Unwaited())
    return await running


class _Unwaited(ThreadPoolExecutor):
    """Its threads are not waited for when the loop ends: what hangs in one hangs alone."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002, FBT001
        super().shutdown(wait=False, cancel_futures=cancel_futures)
