"""The rate of calls, by a clock of the test's own."""

from __future__ import annotations

import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.pace import MINUTE, Pace, pace_of
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.loop_settings import SpendLimits
from skillopt.core.settings import Settings


class Clock:
    """Time goes on only where somebody waits."""

    def __init__(self, seed: int = 0) -> None:
        self.now = 100.0
        self.chance = random.Random(seed)

    def read(self) -> float:
        return self.now

    async def pause(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.now += seconds * self.chance.choice((0.5, 1.0, 1.5))


@settings(max_examples=40)
@given(per_minute=st.integers(1, 5), calls=st.integers(1, 25), seed=st.integers(0, 99))
def test_in_no_minute_do_more_calls_begin_than_are_allowed(
    per_minute: int, calls: int, seed: int
) -> None:
    clock, begun = Clock(seed), list[tuple[int, float]]()

    async def run() -> None:
        pace = Pace(per_minute, clock=clock.read, pause=clock.pause)

        async def call(number: int) -> None:
            await pace.turn()
            begun.append((number, clock.now))
            clock.now += clock.chance.random() * 20

        await asyncio.gather(*(call(number) for number in range(calls)))

    asyncio.run(run())
    times = [when for _, when in begun]
    assert [number for number, _ in begun] == list(range(calls))
    for earlier, later in zip(times, times[per_minute:], strict=False):
        assert later - earlier >= MINUTE - 1e-6


async def test_a_call_that_is_cancelled_while_it_waits_for_its_turn_holds_no_room() -> None:
    waiting = asyncio.Event()

    async def for_ever(_seconds: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    meter = SpendMeter(SpendLimits(max_calls=2), pace=Pace(1, pause=for_ever))
    (await meter.reserve(Usage(calls=1))).settle(Usage(calls=1))
    second = asyncio.create_task(meter.reserve(Usage(calls=1)))
    await waiting.wait()
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    assert meter.used.calls == 1
    assert meter._fits(meter._widest._replace(calls=1))


async def test_runs_of_a_library_share_its_rate() -> None:
    clock = Clock()
    library = SpendMeter(SpendLimits(), pace=Pace(2, clock=clock.read, pause=clock.pause))
    runs = [SpendMeter(SpendLimits(), within=library) for _ in range(2)]
    for _ in range(2):
        for run in runs:
            (await run.reserve(Usage(calls=1))).settle(Usage(calls=1))
    assert clock.now - 100.0 >= MINUTE
    assert (library.used.calls, runs[0].used.calls) == (4, 2)


async def test_of_several_rates_the_slowest_holds() -> None:
    assert pace_of([Settings(), Settings()]) is None
    slowest = pace_of([Settings(max_calls_per_minute=9), Settings(max_calls_per_minute=2)])
    assert slowest is not None
    for _ in range(2):
        await slowest.turn()
    third = asyncio.create_task(slowest.turn())
    await asyncio.sleep(0)
    assert not third.done()
    third.cancel()
