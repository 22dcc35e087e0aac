"""A check of the whole ledger: started by a form, it goes on while pages are served."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from skillopt.web.own_command import started


class Check:
    """The last check of a ledger, in a process of its own; one at a time."""

    def __init__(self, where: str | None) -> None:
        self._where = where
        self._task: asyncio.Task[None] | None = None
        self.started: float | None = None
        """Seconds since the epoch."""
        self.ended: float | None = None
        self.found: dict[str, Any] | None = None
        """What `skillopt ledger verify --json` prints."""
        self.failed = ""
        """Why it could not be done."""
        self.pin = ""
        """The earlier head that was asked for."""

    @property
    def running(self) -> bool:
        """Whether one is under way."""
        return self._task is not None and not self._task.done()

    def start(self, pin: str) -> None:
        """Start one, unless one is under way.

        Args:
            pin: an earlier head that must still be in the chain; "" for none.
        """
        if self.running:
            return
        self.started, self.ended, self.found, self.failed, self.pin = (
            time.time(),
            None,
            None,
            "",
            pin,
        )
        self._task = asyncio.create_task(self._run())

    async def finished(self) -> None:
        """Wait for one that is under way."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def stop(self) -> None:
        """End one that is under way."""
        if self._task is not None:
            self._task.cancel()
        await self.finished()

    async def _run(self) -> None:
        pinned = ["--pin", self.pin] if self.pin else []
        async with started("ledger", "verify", "--json", *pinned, where=self._where) as process:
            said, _ = await process.communicate()
        try:
            told = json.loads(said)
        except ValueError:
            told = {"error": {"message": "`skillopt ledger verify` gave no result"}}
        if "error" in told:
            self.failed = told["error"]["message"]
        else:
            self.found = told
        self.ended = time.time()
