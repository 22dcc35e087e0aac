"""Daemon threads for the user's synchronous code."""

from __future__ import annotations

import threading

import pytest

from skillopt.adapters.guard.ends import TookTooLong
from skillopt.adapters.guard.threads import CodeThreads


async def test_one_call_after_the_other_is_one_thread() -> None:
    threads = CodeThreads()
    first = threads.run_now(threading.get_ident, within=5.0)
    assert {await threads.run(threading.get_ident, within=5.0) for _ in range(9)} == {first}


async def test_a_thread_that_hangs_is_left_and_ends_where_it_can() -> None:
    threads, left = CodeThreads(), threading.Event()

    def hangs() -> None:
        try:
            while True:
                pass
        finally:
            left.set()

    with pytest.raises(TookTooLong):
        threads.run_now(hangs, within=0.05)
    assert left.wait(timeout=60)
    left.clear()
    with pytest.raises(TookTooLong):
        await threads.run(hangs, within=0.05)
    assert left.wait(timeout=60)
    assert await threads.run(lambda: "next", within=5.0) == "next"


async def test_what_a_call_raises_is_raised() -> None:
    def fails() -> None:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        await CodeThreads().run(fails, within=5.0)
    with pytest.raises(TimeoutError, match="its own"):
        CodeThreads().run_now(fails, within=5.0)


def test_its_threads_keep_no_program_alive() -> None:
    before = set(threading.enumerate())
    CodeThreads().run_now(int, within=5.0)
    assert all(thread.daemon for thread in set(threading.enumerate()) - before)
