"""The pool: bounded calls, replaced workers, and clear ends."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skillopt.adapters.cluster.pool import MOST_LOST, WorkerLost, WorkerPool
from skillopt.errors import RunStopped, SettingsError
from tests.adapters.cluster.in_process import room_for


class Toy:
    """A worker that holds each call until the site lets it go on."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.busy = 0
        self.ended = False

    async def ask(self, method: str, *args: Any) -> Any:
        if method == "close":
            return None
        self.busy += 1
        self.site.most_busy = max(self.busy, self.site.most_busy)
        await asyncio.sleep(0)
        self.busy -= 1
        if self.site.chance.random() < self.site.losing:
            raise WorkerLost("killed")
        return args[0]

    async def end(self) -> None:
        self.ended = True


class Site:
    def __init__(self, *, losing: float = 0.0, seed: int = 0) -> None:
        self.losing = losing
        self.chance = random.Random(seed)
        self.workers: list[Toy] = []
        self.most_busy = 0

    async def start(self) -> Toy:
        await asyncio.sleep(0)
        self.workers.append(Toy(self))
        return self.workers[-1]


async def asked(pool: WorkerPool, what: int) -> int:
    """An answer, also where workers are lost on the way."""
    while True:
        async with pool.place() as member:
            try:
                found: int = await member.ask("answer", what)
            except WorkerLost:
                continue
            return found


@settings(max_examples=25)
@given(
    calls=st.integers(1, 4),
    most=st.integers(1, 5),
    number=st.integers(1, 40),
    losing=st.sampled_from([0.0, 0.2, 0.6]),
    seed=st.integers(0, 10),
)
def test_every_call_gets_its_answer_and_no_worker_has_more_than_it_may(
    calls: int, most: int, number: int, losing: float, seed: int
) -> None:
    site = Site(losing=losing, seed=seed)

    async def run() -> None:
        pool = WorkerPool(site.start, room=room_for(most), most=most, calls=calls)
        found = await asyncio.gather(*(asked(pool, each) for each in range(number)))
        assert found == list(range(number))
        await pool.close()

    asyncio.run(run())
    assert site.most_busy <= calls
    assert all(worker.ended for worker in site.workers if worker.busy == 0) or losing
    if not losing:
        assert len(site.workers) <= most


async def test_no_more_workers_are_started_than_calls_need() -> None:
    site = Site()
    pool = WorkerPool(site.start, room=room_for(9), most=9, calls=2)
    await asyncio.gather(*(asked(pool, each) for each in range(4)))
    assert len(site.workers) == 2


async def test_a_cancelled_call_leaves_its_place_to_the_next() -> None:
    pool = WorkerPool(Site().start, room=room_for(1), most=1)
    async with pool.place():
        waiting = asyncio.create_task(asked(pool, 1))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert await asked(pool, 2) == 2


async def test_workers_that_never_come_up_end_the_run_with_the_reason() -> None:
    starts = 0

    async def start() -> Toy:
        nonlocal starts
        starts += 1
        raise WorkerLost("out of memory")

    pool = WorkerPool(start, room=room_for(1), most=1)
    with pytest.raises(RunStopped, match=r"3 workers in a row .* out of memory; .* kept"):
        await asked(pool, 1)
    assert starts == MOST_LOST


async def test_what_a_start_says_reaches_every_call_that_waits() -> None:
    async def start() -> Toy:
        raise SettingsError("no such folder")

    pool = WorkerPool(start, room=room_for(2), most=2)
    found = await asyncio.gather(*(asked(pool, each) for each in range(3)), return_exceptions=True)
    assert [str(error) for error in found] == ["no such folder"] * 3


async def test_a_cluster_without_a_fitting_node_ends_the_run() -> None:
    pool = WorkerPool(Site().start, room=room_for(0), most=4)
    with pytest.raises(RunStopped, match="no node of the Ray cluster"):
        await asked(pool, 1)


async def test_a_call_for_a_worker_that_is_lost_while_it_waits_hears_of_it() -> None:
    site = Site()
    pool = WorkerPool(site.start, room=room_for(1), most=1)

    async def wanting(member: Any) -> None:
        async with pool.place(member):
            raise AssertionError

    async with pool.place() as member:
        waiting = asyncio.create_task(wanting(member))
        await asyncio.sleep(0)
        site.losing = 1.0
        with pytest.raises(WorkerLost):
            await member.ask("answer", 1)
    with pytest.raises(WorkerLost):
        await waiting
    site.losing = 0.0
    assert await asked(pool, 2) == 2
    assert len(site.workers) == 2


async def test_a_cluster_that_is_gone_ends_the_calls_that_wait_and_those_that_come() -> None:
    async def room() -> int:
        raise RunStopped("the cluster is gone")

    pool = WorkerPool(Site().start, room=room, most=4)
    for _ in range(2):
        found = await asyncio.gather(
            *(asked(pool, each) for each in range(3)), return_exceptions=True
        )
        assert [str(error) for error in found] == ["the cluster is gone"] * 3


async def test_while_the_cluster_is_asked_for_room_other_work_goes_on() -> None:
    answered = asyncio.Event()

    async def room() -> int:
        await answered.wait()
        return 1

    pool = WorkerPool(Site().start, room=room, most=1)
    call = asyncio.create_task(asked(pool, 7))
    await asyncio.sleep(0)
    answered.set()
    assert await call == 7


async def test_workers_that_have_nothing_to_do_make_room_for_another_run_of_the_program() -> None:
    places = asyncio.Semaphore(2)  # what the cluster has

    class Placed(Toy):
        async def end(self) -> None:
            await super().end()
            places.release()

    class Small(Site):
        async def start(self) -> Toy:
            await places.acquire()
            self.workers.append(Placed(self))
            return self.workers[-1]

    sites = [Small(), Small()]
    pools = [WorkerPool(site.start, room=room_for(2), most=2) for site in sites]
    for _ in range(2):
        for pool in pools:
            assert await asyncio.gather(*(asked(pool, each) for each in range(5))) == [*range(5)]
    for pool in pools:
        await pool.close()
    assert all(worker.ended for site in sites for worker in site.workers)


async def test_a_worker_with_a_workspace_is_kept_for_it() -> None:
    site, other = Site(), Site()
    pools = [WorkerPool(each.start, room=room_for(2), most=2) for each in (site, other)]
    async with pools[0].place() as member:
        member.held = 1
    assert await asked(pools[1], 1) == 1
    assert not site.workers[0].ended
    member.held = 0
    async with pools[1].place(), pools[1].place():  # a second worker is started
        pass
    for pool in pools:
        await pool.close()
    assert len(site.workers) == 1
    assert site.workers[0].ended
