"""The workers of a run: how many there are, which call goes where, what a death leads to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple, Protocol

from skillopt.errors import RunStopped, SkilloptError

MOST_LOST = 3
"""Workers that may be lost with one call, or before they are ready, one after the other."""
STARTING = 600.0
"""Seconds for a worker to be there: a busy cluster may have no place for it before."""
ENDING = 10.0
"""Seconds for a worker to delete its workspaces."""


class WorkerLost(Exception):  # noqa: N818 - it names what happened
    """The worker's process or node is gone, with the calls that it had; the message says why."""


class RemoteWorker(Protocol):
    """A :class:`skillopt.adapters.cluster.worker.Worker` in another process."""

    async def ask(self, method: str, *args: Any) -> Any:
        """What a method of the worker returns.

        Raises:
            WorkerLost: the worker is gone.
        """
        ...

    async def end(self) -> None:
        """End the worker's process, and what it has started."""
        ...


class Member:
    """A worker of the pool."""

    def __init__(self, remote: RemoteWorker) -> None:
        self.remote = remote
        self.busy = 0
        self.held = 0
        """Workspaces of answers whose checks are not done."""
        self.is_lost = False

    async def ask(self, method: str, *args: Any) -> Any:
        """What a method of the worker returns.

        Raises:
            WorkerLost: the worker is gone.
        """
        if self.is_lost:
            raise WorkerLost("its worker was lost")
        try:
            return await self.remote.ask(method, *args)
        except WorkerLost:
            self.is_lost = True
            await self.remote.end()  # what cannot be reached may still compute, and hold its place
            raise


class _Waiting(NamedTuple):
    """A call that waits for a place."""

    turn: asyncio.Future[Member]
    wanted: Member | None
    """The only worker that will do; None for any."""


_OPEN: list[WorkerPool] = []
"""The pools of this process; a library has one for each of its skills."""


class WorkerPool:
    """Workers that are started when they are needed, and replaced when they are lost.

    Those that have nothing to do end where another pool of the same event loop waits for a worker:
    it may need their places.

    Args:
        start: starts a worker, and returns it once it is ready.
        room: how many workers the cluster has a place for, now; what it raises ends the calls that
            wait for a worker.
        most: how many there are to be at most.
        calls: how many calls one worker has at a time.
    """

    def __init__(
        self,
        start: Callable[[], Awaitable[RemoteWorker]],
        *,
        room: Callable[[], Awaitable[int]],
        most: int,
        calls: int = 1,
    ) -> None:
        self._start = start
        self._room = room
        self._most = most
        self._calls = calls
        self._members: list[Member] = []
        self._growing: asyncio.Task[None] | None = None
        self._starting: set[asyncio.Task[None]] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._waiting: list[_Waiting] = []
        self._failed_starts = 0
        self.loop: asyncio.AbstractEventLoop | None = None
        """Where its calls are made; None before the first."""
        _OPEN.append(self)

    @asynccontextmanager
    async def place(self, wanted: Member | None = None) -> AsyncIterator[Member]:
        """A worker with a place for one call, which is held until the block ends.

        Args:
            wanted: the only worker that will do.

        Raises:
            WorkerLost: the worker that is wanted is gone.
            RunStopped: no worker can be had.
        """
        member = await self._taken(wanted)
        try:
            yield member
        finally:
            member.busy -= 1
            self._serve()

    @property
    def needs_room(self) -> bool:
        """Calls wait for a worker that is not there yet."""
        return bool(self._starting and self._waiting)

    def rest(self) -> None:
        """End the workers that have nothing to do."""
        idle = [one for one in self._members if not (one.busy or one.held or one.is_lost)]
        for member in idle:
            self._members.remove(member)
            task = asyncio.create_task(_ended(member))
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    async def close(self) -> None:
        """End all workers."""
        _OPEN.remove(self)
        begun = {*self._starting, *filter(None, [self._growing])}
        for task in begun:
            task.cancel()
        if begun:
            await asyncio.wait(begun)
        members, self._members = self._members, []
        await asyncio.gather(*self._ending, *(_ended(member) for member in members))

    async def _taken(self, wanted: Member | None) -> Member:
        self.loop = asyncio.get_running_loop()
        turn: asyncio.Future[Member] = self.loop.create_future()
        waiting = _Waiting(turn, wanted)
        self._waiting.append(waiting)
        self._serve()
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                turn.result().busy -= 1
            elif waiting in self._waiting:
                self._waiting.remove(waiting)
            self._serve()
            raise

    def _serve(self) -> None:
        """Give the places that are free to the calls that wait, first come, first served."""
        self._members = [member for member in self._members if not member.is_lost]
        left: list[_Waiting] = []
        for waiting in self._waiting:
            wanted = waiting.wanted
            if wanted is not None and wanted.is_lost:
                waiting.turn.set_exception(WorkerLost("its worker was lost"))
            elif member := self._free(wanted):
                member.busy += 1
                waiting.turn.set_result(member)
            else:
                left.append(waiting)
        self._waiting = left
        if self._growing is None and self._needed > 0 and self._there < self._most:
            self._growing = asyncio.create_task(self._grow())
        if any(pool.needs_room for pool in self._others):
            self.rest()

    def _free(self, wanted: Member | None) -> Member | None:
        among = self._members if wanted is None else [wanted]
        member = min(among, key=lambda one: one.busy, default=None)
        return member if member is not None and member.busy < self._calls else None

    async def _grow(self) -> None:
        """Start workers for the calls that wait, as far as there is room for them."""
        try:
            room = min(self._most, await self._room())
        except SkilloptError as error:
            self._fail(error)
            return
        finally:
            self._growing = None
        if room == 0 and self._there == 0:
            self._fail(RunStopped(_NO_NODE))
        for _ in range(min(self._needed, room - self._there)):
            task = asyncio.create_task(self._started())
            self._starting.add(task)
            task.add_done_callback(self._starting.discard)
        if self._starting:
            for pool in self._others:
                pool.rest()

    @property
    def _others(self) -> list[WorkerPool]:
        """The other pools of this event loop."""
        return [pool for pool in _OPEN if pool is not self and pool.loop is self.loop]

    @property
    def _needed(self) -> int:
        """How many workers more the calls that wait would use."""
        waiting = sum(waiting.wanted is None for waiting in self._waiting)
        return -(-waiting // self._calls) - len(self._starting)

    @property
    def _there(self) -> int:
        return len(self._members) + len(self._starting)

    async def _started(self) -> None:
        """Start a worker for the calls that wait, or let them end with the reason."""
        try:
            async with asyncio.timeout(STARTING):
                remote = await self._start()
        except WorkerLost as lost:
            self._failed_starts += 1
            if self._failed_starts == MOST_LOST:
                self._fail(RunStopped(_NO_START.format(count=MOST_LOST, said=lost)))
        except TimeoutError:
            if not self._members:
                self._fail(RunStopped(_BUSY.format(seconds=STARTING)))
        except Exception as error:  # noqa: BLE001 - the calls that wait end with it
            self._fail(error)
        else:
            self._failed_starts = 0
            self._members.append(Member(remote))
        finally:
            task = asyncio.current_task()
            assert task is not None, "it runs as a task"
            self._starting.discard(task)
        self._serve()

    def _fail(self, error: Exception) -> None:
        """The calls that wait for any worker end with ``error``."""
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            if one.wanted is not None:
                self._waiting.append(one)
            elif not one.turn.done():
                one.turn.set_exception(error)


async def _ended(member: Member) -> None:
    with suppress(WorkerLost, TimeoutError):
        async with asyncio.timeout(ENDING):
            await member.ask("close")
    await member.remote.end()


_NO_NODE = (
    "no node of the Ray cluster has what a worker needs; lower ray_cpus or ray_memory, or add a "
    "node, and run the same command again: what was answered before is kept"
)
_NO_START = (
    "{count} workers in a row ended before they were ready: {said}; every node needs skillopt, and "
    "enough memory: see Ray's logs there, and run the same command again: what was answered before "
    "is kept"
)
_BUSY = (
    "the Ray cluster has had no place for a worker for {seconds:g} s; run the same command again "
    "when others leave it some, or lower ray_cpus or ray_memory"
)
