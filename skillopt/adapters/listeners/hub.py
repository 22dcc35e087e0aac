"""Passes a run's events to its listeners. One that fails is left out; the run goes on."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from skillopt.adapters.guard import awaited, described, heard
from skillopt.adapters.guard.calls import CLEANUP
from skillopt.core.events import Event, RunEnded, RunStarted, RunWarned
from skillopt.errors import ApprovalNeeded

Listener = Callable[[Event], object]
"""Called with each event as it happens; what it returns is awaited where it can be."""


@dataclass
class _Pump:
    """Awaits what one listener returns, in the order of the events."""

    waiting: asyncio.Queue[tuple[Event, Awaitable[object]]]
    task: asyncio.Task[None]


class Listeners:
    """The listeners of one job: entered once the event loop runs, left when all is over.

    Args:
        listeners: who hears of events. One that raises hears nothing more, which is
            said once, with its error. Only a KeyboardInterrupt of its own ends the run: the task
            that has entered these listeners is cancelled, and leaves them with it.
    """

    def __init__(self, listeners: Sequence[Listener] = ()) -> None:
        self._listeners = list(listeners)
        self._pumps: dict[int, _Pump] = {}
        self._before: list[Event] = []
        self._run: str | None = None
        self._ended = True
        self._task: asyncio.Task[Any] | None = None
        self._interrupt: KeyboardInterrupt | None = None
        self.failures: tuple[str, ...] = ()
        """What was said of listeners that have been left out."""

    async def __aenter__(self) -> Self:
        self._task = asyncio.current_task()
        return self

    async def __aexit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        try:
            await self._left(error)
        finally:
            if self._interrupt is not None:
                raise self._interrupt from None

    async def _left(self, error: BaseException | None) -> None:
        self.end(error)
        cancelled = isinstance(error, asyncio.CancelledError | KeyboardInterrupt)
        with suppress(TimeoutError):
            async with asyncio.timeout(CLEANUP if cancelled else None):
                await self.caught_up()
        for listener in list(self._listeners):
            self._close(listener)

    def emit(self, event: Event) -> None:
        """Pass on an event. It never raises; a listener's interrupt cancels the run."""
        self._note(event)
        for listener in list(self._listeners):
            self._tell(listener, event)

    def end(self, error: BaseException | None) -> None:
        """Tell that the run is over, where it has begun and that was not told yet."""
        if self._ended:
            return
        said = None if error is None else _said(error)
        waits = error.entry if isinstance(error, ApprovalNeeded) else None
        self.emit(RunEnded(run=self._run or "", error=said, waits=waits))

    def add(self, listener: Listener) -> None:
        """Let one more listen; it hears at once what was said before the run began."""
        self._listeners.append(listener)
        for event in self._before:
            self._tell(listener, event)

    def remove(self, listener: Listener) -> None:
        """Let one no longer listen; what it has not heard is lost."""
        if listener in self._listeners:
            self._listeners.remove(listener)
            self._close(listener)

    async def caught_up(self) -> None:
        """Returns once every listener has had all events."""
        for pump in list(self._pumps.values()):
            await pump.waiting.join()

    def _note(self, event: Event) -> None:
        match event:
            case RunEnded():
                self._ended = True
                return
            case RunStarted():
                self._before, self._run = [], event.run
            case _ if self._run is None:
                self._before.append(event)
            case _:
                pass
        self._ended = False

    def _tell(self, listener: Listener, event: Event) -> None:
        try:
            said = heard(listener, event)
        except Exception as error:  # noqa: BLE001 - whatever it is, the run goes on
            self._leave_out(listener, event, error)
            return
        except KeyboardInterrupt as interrupt:
            self._end_with(interrupt, listener)
            return
        if inspect.isawaitable(said):
            self._pump(listener).waiting.put_nowait((event, said))

    def _pump(self, listener: Listener) -> _Pump:
        key = id(listener)
        if key not in self._pumps:
            waiting: asyncio.Queue[tuple[Event, Awaitable[object]]] = asyncio.Queue()
            task = asyncio.get_running_loop().create_task(self._work(listener, waiting))
            self._pumps[key] = _Pump(waiting, task)
        return self._pumps[key]

    async def _work(
        self, listener: Listener, waiting: asyncio.Queue[tuple[Event, Awaitable[object]]]
    ) -> None:
        while True:
            event, said = await waiting.get()
            try:
                await _interruptible(said)
            except Exception as error:  # noqa: BLE001 - likewise
                self._leave_out(listener, event, error)
                return
            except KeyboardInterrupt as interrupt:
                self._end_with(interrupt, listener)
                return
            finally:
                waiting.task_done()

    def _end_with(self, interrupt: KeyboardInterrupt, listener: Listener) -> None:
        """Cancel the run, as Ctrl-C does; raised within one of its tasks it would end the loop."""
        if self._task is None or self._task.done():
            raise interrupt
        self.remove(listener)
        if self._interrupt is None:
            self._interrupt = interrupt
            self._task.cancel()

    def _leave_out(self, listener: Listener, event: Event, error: Exception) -> None:
        """Say once what a listener failed with; it hears nothing more."""
        if listener not in self._listeners:
            return
        self.remove(listener)
        says = (
            f"the listener {_name(listener)} failed on {event.event} and hears nothing more: "
            f"{described(error)}"
        )
        self.failures = (*self.failures, says)
        if self._listeners:
            self.emit(RunWarned(run=event.run, says=says))
        else:
            logging.getLogger("skillopt").warning(says)

    def _close(self, listener: Listener) -> None:
        pump = self._pumps.pop(id(listener), None)
        if pump is None:
            return
        if pump.task is not asyncio.current_task():
            pump.task.cancel()
        while not pump.waiting.empty():
            _, said = pump.waiting.get_nowait()
            if inspect.iscoroutine(said):
                said.close()
            pump.waiting.task_done()


async def _interruptible(said: Awaitable[object]) -> None:
    """Await what a listener returned; a KeyboardInterrupt of its own ends the run."""
    interrupts: list[KeyboardInterrupt] = []

    async def waited() -> None:
        try:
            await said
        except KeyboardInterrupt as interrupt:
            interrupts.append(interrupt)

    await awaited(waited(), within=None)
    if interrupts:
        raise interrupts[0]


def _said(error: BaseException) -> str:
    cancelled = isinstance(error, asyncio.CancelledError | KeyboardInterrupt | GeneratorExit)
    return "cancelled" if cancelled else described(error)


def _name(listener: Any) -> str:
    name = getattr(listener, "__qualname__", None)
    return name if isinstance(name, str) else type(listener).__qualname__
