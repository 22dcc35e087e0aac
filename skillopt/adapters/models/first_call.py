"""The first request of a model is sent alone: one call finds out what its endpoint refuses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class FirstCall:
    """Holds back the other calls of a model while its first one finds out what is refused."""

    def __init__(self) -> None:
        self._over = False
        self._ended: asyncio.Event | None = None
        """Of the first call while it is under way."""

    def end(self) -> None:
        """A request was not refused for a parameter: the others may go."""
        self._over = True
        if self._ended is not None:
            self._ended.set()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """The time of one call; one that is cancelled leaves the first place to the next."""
        while self._ended is not None and not self._over:
            await self._ended.wait()
        if self._over:
            yield
            return
        ended = self._ended = asyncio.Event()
        try:
            yield
        except Exception:
            self._over = True
            raise
        finally:
            self._ended = None
            ended.set()
