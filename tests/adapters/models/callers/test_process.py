"""Processes that make calls: killed, hanging, ended."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable

import pytest

from skillopt.adapters.models import Callers
from skillopt.adapters.models.callers.frames import READY, framed, written_ready
from skillopt.adapters.models.callers.process import CallerProcess, Started, start_process
from skillopt.adapters.models.failures import AttemptFailed, Remedy
from tests import loopback as says
from tests.adapters.models.opening import HELLO, called_by, until
from tests.loopback import Loopback


async def test_a_killed_process_loses_its_calls_which_are_made_again(loopback: Loopback) -> None:
    pids: list[int] = []
    callers = Callers(1, start=noted(pids))
    await callers.start(1)
    loopback.script(says.hang(), says.text("well"))
    model = called_by(callers, loopback)
    made = asyncio.create_task(model.complete(HELLO))
    await loopback.asked.wait()
    os.kill(pids[0], signal.SIGKILL)
    reply = await made
    assert (reply.text, reply.usage.calls) == ("well", 2)
    assert callers.running == 0
    await model.aclose()
    await callers.close()


def noted(pids: list[int]) -> Callable[[], Awaitable[Started]]:
    """Starts real processes, and notes who they are."""

    async def start() -> Started:
        before = children()
        started = await start_process()
        pids.extend(children() - before)
        return started

    return start


def children() -> set[int]:
    """Processes that this one has started."""
    with open(f"/proc/self/task/{os.getpid()}/children") as file:  # noqa: PTH123
        return {int(pid) for pid in file.read().split()}


@pytest.mark.parametrize("said", [b"", framed(1, b"nonsense"), framed(1, b"{}"), b"\0" * 7])
async def test_one_that_hangs_or_talks_nonsense_is_left(said: bytes) -> None:
    ours, theirs = socket.socketpair()

    async def start() -> Started:
        return Started(ours, _ended)

    with theirs:
        theirs.send(framed(READY, written_ready(0.0)))
        process = await CallerProcess.open(start, late=0.05)
        theirs.send(said)
        with pytest.raises(AttemptFailed) as caught:
            await process.send(b"{}", timeout=0.01)
        assert (caught.value.remedy, caught.value.lost) == (Remedy.RETRY, True)
        await until(lambda: process.is_gone)
        await process.close()


async def _ended() -> None:
    """It has."""


async def test_a_process_ends_with_its_line() -> None:
    started = await start_process()
    process = await CallerProcess.open(lambda: _given(started))
    assert not process.is_gone
    await process.close()  # waits for its end
    assert process.is_gone


async def _given(started: Started) -> Started:
    return started
