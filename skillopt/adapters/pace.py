"""A rate of calls that is never passed, however many would be made at once."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable

from skillopt.core.settings import Settings

MINUTE = 60.0
"""Seconds."""


class Pace:
    """Lets calls begin one after the other, in no minute more than were allowed.

    Args:
        per_minute: how many may begin in any 60 seconds.
        clock: monotonic seconds.
        pause: waits that many seconds.
    """

    def __init__(
        self,
        per_minute: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._begun: deque[float] = deque(maxlen=per_minute)
        self._clock = clock
        self._pause = pause
        self._turn = asyncio.Lock()

    async def turn(self) -> None:
        """Return when a call may begin; first come, first served."""
        async with self._turn:
            if len(self._begun) == self._begun.maxlen:
                while (wait := self._begun[0] + MINUTE - self._clock()) > 0:
                    await self._pause(wait)
            self._begun.append(self._clock())


def pace_of(settings: Iterable[Settings]) -> Pace | None:
    """The slowest of the rates that some settings ask for; None where none does."""
    asked = [one.max_calls_per_minute for one in settings]
    slowest = min((rate for rate in asked if rate is not None), default=None)
    return None if slowest is None else Pace(slowest)
