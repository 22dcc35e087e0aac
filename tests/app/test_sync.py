"""Waiting for an async entry point from synchronous code."""

from __future__ import annotations

import asyncio
import inspect
import threading
from pathlib import Path

import pytest

import skillopt
from skillopt.app.sync import wait_for
from tests.scripted import SKILL, agent, learner, tasks


async def doubled(number: int) -> int:
    await asyncio.sleep(0)
    return 2 * number


def test_the_result_is_waited_for() -> None:
    assert wait_for(doubled(21), instead="adoubled") == 42


def test_its_error_comes_out_as_itself() -> None:
    async def fails() -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        wait_for(fails(), instead="afails")


async def test_inside_a_running_loop_it_names_what_to_await_and_starts_nothing() -> None:
    running = doubled(21)
    with pytest.raises(RuntimeError, match=r"use `await skillopt\.adoubled\(\.\.\.\)`"):
        wait_for(running, instead="adoubled")
    assert inspect.getcoroutinestate(running) == inspect.CORO_CLOSED


def test_tune_waits_and_refuses_to_inside_a_running_loop(tmp_path: Path) -> None:
    run = skillopt.tune(
        SKILL,
        validation_set=tasks(),
        target=agent,
        optimizer=learner,
        ledger=tmp_path / "ledger.db",
        deterministic=True,
        rounds=1,
    )
    assert len(run.rounds) == 1

    async def inside() -> None:
        skillopt.tune(SKILL)

    with pytest.raises(RuntimeError, match=r"await skillopt\.atune"):
        asyncio.run(inside())


def test_a_task_that_calls_exit_does_not_end_the_program() -> None:
    async def leave() -> None:
        raise SystemExit(0)

    async def starts() -> None:
        leaving = asyncio.create_task(leave())
        await asyncio.Event().wait()
        await leaving

    with pytest.raises(skillopt.InputError, match=r"called exit\(0\)"):
        wait_for(starts(), instead="astarts")


def test_a_thread_that_hangs_keeps_no_loop_open() -> None:
    ends = threading.Event()

    async def starts() -> str:
        waiting = asyncio.get_running_loop().run_in_executor(None, ends.wait)
        await asyncio.sleep(0)
        waiting.cancel()
        return "done"

    assert wait_for(starts(), instead="astarts") == "done"
    ends.set()
