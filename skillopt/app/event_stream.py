"""A run's events, to iterate over while the run goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from skillopt.adapters.listeners.hub import Listeners
from skillopt.core.events import Event

Result = TypeVar("Result")


class EventStream:
    """The events of ``listeners`` from here on, with those from before the run began.

    Args:
        listeners: where the events come from.
        most: how many may wait to be taken; then the run waits.
    """

    def __init__(self, listeners: Listeners, *, most: int) -> None:
        self._listeners = listeners
        self._waiting: asyncio.Queue[Event | None] = asyncio.Queue(max(1, most))
        self._listener = self._waiting.put
        self._left = False
        listeners.add(self._listener)

    async def of(self, run: Callable[[], Awaitable[Result]]) -> Result:
        """What ``run`` comes to; the stream ends once its last event has been taken in."""
        try:
            return await run()
        finally:
            if not self._left:
                await self._listeners.caught_up()
                await self._waiting.put(None)

    def leave(self) -> None:
        """Take no more events: nobody waits for them any longer, and the stream ends."""
        self._left = True
        self._listeners.remove(self._listener)
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(None)

    def __aiter__(self) -> EventStream:
        return self

    async def __anext__(self) -> Event:
        event = await self._waiting.get()
        if event is None:
            raise StopAsyncIteration
        return event
