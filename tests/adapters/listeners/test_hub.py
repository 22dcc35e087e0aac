"""Events reach every listener in order; one that fails is left out and told of once."""

from __future__ import annotations

import asyncio
import logging
import sys
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.listeners.hub import Listeners
from skillopt.core.events import Event, GateOpened, RunEnded, RunStarted, RunWarned

STARTED = RunStarted(run="r", skill="s", resumed=False, rounds_done=0)


def opened(number: int) -> GateOpened:
    return GateOpened(run="r", number=number, idea="i")


def told(events: list[Event]) -> list[str]:
    return [event.event for event in events]


@given(fails_at=st.integers(0, 5), is_async=st.booleans(), exits=st.booleans())
async def test_one_that_fails_is_left_out_and_the_others_hear_all(
    fails_at: int, *, is_async: bool, exits: bool
) -> None:
    before: list[Event] = []
    after: list[Event] = []
    heard: list[int] = []

    def fails(event: Event) -> None:
        if isinstance(event, GateOpened):
            heard.append(event.number)
            if event.number == fails_at:
                if exits:
                    sys.exit(0)
                raise KeyError("mine")

    async def fails_later(event: Event) -> None:
        fails(event)

    listener = fails_later if is_async else fails
    async with Listeners([before.append, listener, after.append]) as listeners:
        for number in range(6):
            listeners.emit(opened(number))
            await listeners.caught_up()
    assert heard == list(range(fails_at + 1))
    for events in (before, after):
        assert [one.number for one in events if isinstance(one, GateOpened)] == list(range(6))
        (warning,) = [one for one in events if isinstance(one, RunWarned)]
        assert warning.says == listeners.failures[0]
        assert "failed on gate_opened and hears nothing more: " in warning.says
        assert ("SystemExit" if exits else "KeyError: 'mine'") in warning.says
        assert warning.run == "r"
        assert isinstance(events[-1], RunEnded)


async def test_the_last_one_that_fails_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    def fails(_event: Event) -> None:
        raise ValueError("no disk")

    with caplog.at_level(logging.WARNING, "skillopt"):
        async with Listeners([fails]) as listeners:
            listeners.emit(STARTED)
    (record,) = caplog.records
    assert (
        "fails failed on run_started and hears nothing more: ValueError: no disk" in record.message
    )


def test_an_interrupt_before_anything_runs_is_raised_at_once() -> None:
    def interrupts(_event: Event) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Listeners([interrupts]).emit(STARTED)


def interrupts_now(_event: Event) -> None:
    raise KeyboardInterrupt


async def interrupts_later(_event: Event) -> None:
    await asyncio.sleep(0)
    raise KeyboardInterrupt


@pytest.mark.parametrize("interrupts", [interrupts_now, interrupts_later])
def test_an_interrupt_of_a_listener_cancels_the_run_and_is_raised_at_its_end(
    interrupts: Any,
) -> None:
    heard: list[Event] = []
    cleaned: list[str] = []

    async def works() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append("worker")

    async def run() -> None:
        async with Listeners([interrupts, heard.append]) as listeners, asyncio.TaskGroup() as group:
            group.create_task(works())
            await asyncio.sleep(0)
            listeners.emit(STARTED)
            listeners.emit(opened(1))

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(run())
    assert cleaned == ["worker"]
    assert heard == [STARTED, opened(1), RunEnded(run="r", error="cancelled")]


def test_an_interrupt_at_the_very_end_is_raised_too() -> None:
    def interrupts(event: Event) -> None:
        if isinstance(event, RunEnded):
            raise KeyboardInterrupt

    async def run() -> None:
        async with Listeners([interrupts]) as listeners:
            listeners.emit(STARTED)

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(run())


@given(st.lists(st.integers(0, 3), max_size=20))
async def test_an_async_listener_hears_in_order_and_all_of_it_is_awaited(waits: list[int]) -> None:
    heard: list[int] = []

    async def slow(event: Event) -> None:
        if isinstance(event, GateOpened):
            for _ in range(waits[event.number]):
                await asyncio.sleep(0)
            heard.append(event.number)

    async with Listeners([slow, partial(slow)]) as listeners:
        for number in range(len(waits)):
            listeners.emit(opened(number))
    assert sorted(heard) == sorted([*range(len(waits)), *range(len(waits))])
    firsts = [number for place, number in enumerate(heard) if number not in heard[:place]]
    assert firsts == list(range(len(waits)))


async def test_a_run_waits_until_a_slow_listener_has_caught_up() -> None:
    gate = asyncio.Event()
    heard: list[Event] = []

    async def slow(event: Event) -> None:
        await gate.wait()
        heard.append(event)

    async with Listeners([slow]) as listeners:
        listeners.emit(STARTED)
        waits = asyncio.create_task(listeners.caught_up())
        for _ in range(5):
            await asyncio.sleep(0)
        assert not waits.done()
        gate.set()
        await waits
        assert heard == [STARTED]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (None, None),
        (ValueError("with key sk-abcdefghijklmnop"), "ValueError: with key [redacted]"),
        (asyncio.CancelledError(), "cancelled"),
    ],
)
async def test_the_stream_ends_with_the_end_of_the_run(
    error: BaseException | None, said: str | None
) -> None:
    heard: list[Event] = []

    async def run() -> None:
        async with Listeners([heard.append]) as listeners:
            listeners.emit(STARTED)
            if error is not None:
                raise error

    if error is None:
        await run()
    else:
        with pytest.raises(type(error)):
            await run()
    assert heard == [STARTED, RunEnded(run="r", error=said)]


async def test_the_end_is_told_once_and_only_where_something_began() -> None:
    heard: list[Event] = []
    async with Listeners([heard.append]):
        pass
    assert heard == []
    async with Listeners([heard.append]) as listeners:
        listeners.emit(STARTED)
        listeners.end(None)
    assert told(heard) == ["run_started", "run_ended"]


async def test_who_comes_late_hears_what_was_said_before_the_run() -> None:
    heard: list[Event] = []
    warning = RunWarned(says="mind")
    async with Listeners() as listeners:
        listeners.emit(warning)
        listeners.add(heard.append)
        listeners.emit(STARTED)
        late: list[Event] = []
        listeners.add(late.append)
        listeners.remove(heard.append)
    assert heard == [warning, STARTED]
    assert told(late) == ["run_ended"]


async def test_a_listener_that_hangs_does_not_outlive_a_cancelled_run() -> None:
    cancelled: list[bool] = []

    async def hangs(_event: Event) -> Any:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.append(True)

    async def run() -> None:
        async with Listeners([hangs]) as listeners:
            listeners.emit(STARTED)
            await listeners.caught_up()

    running = asyncio.create_task(run())
    for _ in range(5):
        await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await asyncio.sleep(0)
    assert cancelled == [True]
