"""A worker in the test's own process, which can be lost; it keeps the contract of Ray's actors."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from skillopt.adapters.cluster.plan import CheckPlan, Plan, packed
from skillopt.adapters.cluster.pool import WorkerLost, WorkerPool
from skillopt.adapters.cluster.worker import Worker
from skillopt.adapters.processes import Fence
from skillopt.adapters.targets import CommandTarget
from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.task import Task

Lose = Callable[[str, int], bool]
"""Whether the worker is lost at the call of a method with that number, counted over all workers."""

ECHO = """
read -r asked
task=${asked#*\\"task_id\\": \\"}
echo "${task%%\\"*} ${asked##*: }" | tr -d '}'
"""
COMMAND = ("sh", "-c", ECHO)


def task(name: str = "t1") -> Task:
    return Task(id=name, split="train", input="Good day?", checks=(Exact(type="exact"),))


def plan(recipe: Any = None, *, folder: Path | None = None) -> Plan:
    """What a worker of the test is built from."""
    return Plan(
        folder=str(folder or Path.cwd()),
        paths=(),
        env={},
        checks=CheckPlan(folder=str(folder or Path.cwd()), fence=Fence(), isolates=False),
        target=None if recipe is None else packed(recipe),
    )


def room_for(workers: int) -> Callable[[], Awaitable[int]]:
    """A cluster that has a place for so many."""

    async def room() -> int:
        await asyncio.sleep(0)
        return workers

    return room


class Site:
    """Where workers of the test are: how many there were, what they were asked."""

    def __init__(self, recipe: Any = None, *, lose: Lose = lambda _method, _n: False) -> None:
        self.plan = plan(recipe)
        self.lose = lose
        self.started = 0
        self.asked: list[str] = []
        self.in_flight = 0
        self.most_in_flight = 0

    async def start(self) -> InProcess:
        self.started += 1
        worker = InProcess(self)
        await worker.ask("start", self.plan)
        return worker

    def pool(self, *, most: int = 2, calls: int = 1) -> WorkerPool:
        return WorkerPool(self.start, room=room_for(most), most=most, calls=calls)


class InProcess:
    """See :class:`skillopt.adapters.cluster.pool.RemoteWorker`."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._worker = Worker()
        self.is_gone = False

    async def ask(self, method: str, *args: Any) -> Any:
        site = self._site
        site.asked.append(method)
        if self.is_gone:
            raise WorkerLost("it was killed before")
        number = site.asked.count(method)
        site.in_flight += 1
        site.most_in_flight = max(site.in_flight, site.most_in_flight)
        try:
            said = await getattr(self._worker, method)(*args)
        finally:
            site.in_flight -= 1
        if site.lose(method, number):
            self.is_gone = True
            raise WorkerLost("its process was killed")
        return said

    async def end(self) -> None:
        self.is_gone = True


def command(**options: Any) -> partial[CommandTarget]:
    """A command target that says which task and trial it was asked."""
    return partial(CommandTarget, COMMAND, fence=Fence(), **options)
