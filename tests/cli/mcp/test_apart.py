"""Work in a thread and an event loop of its own."""

from __future__ import annotations

import asyncio
import threading

import pytest

from skillopt.cli.mcp.apart import run_apart
from skillopt.errors import InputError


async def test_it_runs_in_another_thread_and_its_result_and_error_come_back() -> None:
    async def where() -> int:
        return threading.get_ident()

    async def fails() -> None:
        raise InputError("no such thing")

    assert await run_apart(where()) != threading.get_ident()
    with pytest.raises(InputError, match="no such thing"):
        await run_apart(fails())


async def test_a_loop_that_is_blocked_blocks_no_other() -> None:
    go, there = threading.Event(), asyncio.Event()
    here = asyncio.get_running_loop()

    async def blocks() -> str:
        here.call_soon_threadsafe(there.set)
        go.wait()
        return "done"

    running = asyncio.create_task(run_apart(blocks()))
    await there.wait()
    go.set()
    assert await running == "done"


async def test_where_it_is_cancelled_the_work_is_and_has_ended() -> None:
    there, ended = asyncio.Event(), threading.Event()
    here = asyncio.get_running_loop()

    async def works() -> None:
        here.call_soon_threadsafe(there.set)
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    running = asyncio.create_task(run_apart(works()))
    await there.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert ended.is_set()


async def test_a_task_of_its_own_that_calls_exit_ends_only_the_call() -> None:
    async def leaves() -> None:
        async def leave() -> None:
            raise SystemExit(3)

        task = asyncio.create_task(leave())
        await asyncio.wait([task])

    with pytest.raises(InputError, match="called exit"):
        await run_apart(leaves())
