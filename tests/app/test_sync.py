"""Waiting for an async entry point from synchronous code."""

from __future__ import annotations

import asyncio
import inspect
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
