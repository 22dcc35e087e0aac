"""Progress notifications."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from skillopt.cli.mcp.progress import reported
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.events import RolloutDone, RolloutsWanted, RunStarted


class Client:
    """Takes notifications, one at a time."""

    def __init__(self) -> None:
        self.told: list[tuple[float, float | None, str | None]] = []
        self.news = asyncio.Event()

    async def report_progress(
        self, progress: float, total: float | None = None, message: str | None = None
    ) -> None:
        self.told.append((progress, total, message))
        self.news.set()

    async def until(self, progress: float) -> None:
        while not self.told or self.told[-1][0] < progress:
            await self.news.wait()
            self.news.clear()


async def test_it_only_grows_and_counts_what_was_paid() -> None:
    client = Client()
    async with reported(cast("Any", client), 3) as progress:
        progress.see(RunStarted(run="r", skill="s", resumed=False, rounds_done=0))
        await client.until(0)
        progress.see(RolloutsWanted(purpose="train", total=4, reused=2))
        for _ in range(2):
            progress.see(RolloutDone(score=1.0, usage=Usage(calls=1, cost=0.25)))
        await client.until(4)
    assert client.told[0] == (0, 3, "run r")
    assert client.told[-1] == (4, 4, "run r")
    done = [one[0] for one in client.told]
    assert done == sorted(set(done))
    assert (progress.spent.usage.calls, progress.spent.usage.cost) == (2, 0.5)
