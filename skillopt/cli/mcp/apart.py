"""Work in a thread and an event loop of its own.

The user's code may block its loop, start tasks that call `exit`, or hang: the server still answers.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, Generic, TypeVar

import anyio

from skillopt.app.sync import run_to_end

Result = TypeVar("Result")

PATIENCE = 10.0
"""Seconds that cancelled work is waited for; what hangs in its own code then hangs alone."""


async def run_apart(work: Coroutine[Any, Any, Result]) -> Result:
    """The result of ``work``; where this is cancelled, so is the work, and it is waited for."""
    apart = _Apart(work)
    threading.Thread(target=apart.run, daemon=True, name="skillopt-tool").start()
    try:
        return await asyncio.shield(apart.ended)
    except asyncio.CancelledError:
        apart.cancel()
        with anyio.CancelScope(shield=True):
            await asyncio.wait([apart.ended], timeout=PATIENCE)
        if apart.ended.done() and not apart.ended.cancelled():
            apart.ended.exception()  # so that nobody misses it
        raise


class _Apart(Generic[Result]):
    """A coroutine that runs in another thread."""

    def __init__(self, work: Coroutine[Any, Any, Result]) -> None:
        self._here = asyncio.get_running_loop()
        self.ended: asyncio.Future[Result] = self._here.create_future()
        self._work = work
        self._lock = threading.Lock()
        self._task: asyncio.Task[Any] | None = None
        self._cancelled = False

    def run(self) -> None:
        """Run it to its end, in a loop of this thread."""
        try:
            told: tuple[Any, BaseException | None] = run_to_end(self._held()), None
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
            told = None, error
        try:
            self._here.call_soon_threadsafe(self._tell, *told)
        except RuntimeError:  # the server has ended
            return

    def cancel(self) -> None:
        """Cancel it, or keep it from beginning."""
        with self._lock:
            self._cancelled = True
            if self._task is not None:
                self._task.get_loop().call_soon_threadsafe(self._task.cancel)

    async def _held(self) -> Result:
        with self._lock:
            self._task = asyncio.current_task()
            if self._cancelled:
                self._work.close()
                raise asyncio.CancelledError
        return await self._work

    def _tell(self, result: Any, error: BaseException | None) -> None:
        if self.ended.done():
            return
        if isinstance(error, asyncio.CancelledError):
            self.ended.cancel()
        elif error is not None:
            self.ended.set_exception(error)
        else:
            self.ended.set_result(result)
