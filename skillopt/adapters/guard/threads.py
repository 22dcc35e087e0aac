"""Threads for the user's synchronous code; one that hangs is left behind."""

from __future__ import annotations

import asyncio
import contextvars
import ctypes
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, TypeAlias, TypeVar

from skillopt.adapters.guard.ends import TookTooLong
from skillopt.adapters.guard.output import let_go

Result = TypeVar("Result")
_Outcome = tuple[Any, BaseException | None]
"""What a call returned, or what it raised: a future that raises `StopIteration` never ends."""
_Pending: TypeAlias = "Future[_Outcome]"
_Job = tuple[_Pending, Callable[[], Any]]


class CodeThreads:
    """Runs calls in daemon threads: none of them is waited for when the program ends."""

    def __init__(self) -> None:
        self._idle: list[_Thread] = []

    async def run(self, call: Callable[[], Result], *, within: float | None) -> Result:
        """The result of ``call``, in this context.

        Raises:
            TookTooLong: it took longer than ``within`` seconds.
        """
        thread = self._taken()
        future = thread.submit(call)
        try:
            async with asyncio.timeout(within):
                outcome = await asyncio.wrap_future(future)
        except TimeoutError:
            raise TookTooLong from None
        finally:
            self._put_back(thread, future)
        result: Result = _result(outcome)
        return result

    def run_now(self, call: Callable[[], Result], *, within: float | None) -> Result:
        """:meth:`run`, waited for.

        Raises:
            TookTooLong: it took too long.
        """
        thread = self._taken()
        future = thread.submit(call)
        try:
            outcome = future.result(within)
        except TimeoutError:
            raise TookTooLong from None
        finally:
            self._put_back(thread, future)
        result: Result = _result(outcome)
        return result

    def _put_back(self, thread: _Thread, future: _Pending) -> None:
        if future.done() and not future.cancelled():
            self._idle.append(thread)
        else:
            thread.abandon()

    def _taken(self) -> _Thread:
        try:
            return self._idle.pop()
        except IndexError:
            return _Thread()


class _Thread:
    def __init__(self) -> None:
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._live, name="skillopt-code", daemon=True)
        self._thread.start()

    def submit(self, call: Callable[[], Any]) -> _Pending:
        future: _Pending = Future()
        context = contextvars.copy_context()
        self._jobs.put((future, lambda: context.run(call)))
        return future

    def abandon(self) -> None:
        """Take no more calls; one that still runs Python code is interrupted."""
        self._jobs.put(None)
        number = self._thread.ident
        let_go(number)
        if number is not None:
            raised = ctypes.py_object(SystemExit)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(number), raised)

    def _live(self) -> None:
        with suppress(SystemExit):  # of `abandon`, which found it between two calls
            self._work()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            future, call = job
            if not future.set_running_or_notify_cancel():
                continue
            try:
                outcome: _Outcome = (call(), None)
            except BaseException as error:  # noqa: BLE001 - raised where it is waited for
                outcome = (None, error)
            future.set_result(outcome)
            del job, future, call, outcome  # an idle thread keeps nothing alive


def _result(outcome: _Outcome) -> Any:
    returned, error = outcome
    if error is not None:
        raise error
    return returned
