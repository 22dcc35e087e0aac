"""Progress notifications: the newest state, sent as fast as the client takes it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from skillopt.cli.mcp.allowance import Spending
from skillopt.cli.narrate import lines
from skillopt.cli.output import without_secrets
from skillopt.cli.terminal import printable
from skillopt.core.events import Event, RolloutDone, RolloutsWanted

if TYPE_CHECKING:
    from mcp.server.mcpserver import Context


class Progress:
    """How far a run is: rollouts that it has, of those that it takes at most."""

    def __init__(self, total: int) -> None:
        self.spent = Spending()
        self._total, self._done, self._says = total, 0, ""
        self._told = -1
        self._news = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def see(self, event: Event) -> None:
        """Take in an event, in whatever thread it happens."""
        self._loop.call_soon_threadsafe(self._see, event)

    def _see(self, event: Event) -> None:
        self.spent.see(event)
        match event:
            case RolloutsWanted():
                self._done += event.reused
            case RolloutDone():
                self._done += 1
            case _:
                self._says = next(iter(lines(event)), self._says)
        self._news.set()

    async def report(self, context: Context[Any, Any]) -> None:
        """Send what is new, until this is cancelled; progress only ever grows."""
        while True:
            await self._news.wait()
            self._news.clear()
            if self._done > self._told:
                self._told = self._done
                total = max(self._total, self._done)
                says = printable(without_secrets(self._says)) or None
                await context.report_progress(self._done, total, says)


@asynccontextmanager
async def reported(context: Context[Any, Any], total: int) -> AsyncIterator[Progress]:
    """Report the progress of what runs inside."""
    progress = Progress(total)
    reporting = asyncio.ensure_future(progress.report(context))
    try:
        yield progress
    finally:
        reporting.cancel()
