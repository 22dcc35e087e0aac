"""A run's events while it goes on: `async for event in tuning.events()`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

import skillopt
from skillopt.core.events import (
    Event,
    ModelCalled,
    RolloutDone,
    RolloutStarted,
    RoundDecided,
    RunEnded,
    RunStarted,
    RunWarned,
    VersionChosen,
)
from skillopt.errors import RunStopped
from tests.scripted import ROOT, SKILL, agent, learner, tasks


def options(folder: Path, **more: Any) -> dict[str, Any]:
    return {
        "validation_set": tasks(),
        "optimizer": learner,
        "target": agent,
        "identity": "desks",
        "deterministic": True,
        "ledger": folder / "ledger.db",
        "rounds": 1,
        **more,
    }


@pytest.mark.parametrize("buffer", [1, 64])
async def test_it_yields_what_a_listener_hears_and_ends_with_the_run(
    tmp_path: Path, buffer: int
) -> None:
    heard: list[Event] = []
    taken: list[Event] = []
    async with skillopt.tuning(SKILL, **options(tmp_path, on_event=heard.append)) as tuning:
        async for event in tuning.events(buffer=buffer):
            taken.append(event)
            await asyncio.sleep(0)
        run = await tuning.result()
    assert taken == heard
    assert isinstance(taken[-1], RunEnded)
    assert taken[-1].error is None
    (started,) = [one for one in taken if isinstance(one, RunStarted)]
    assert started.run == run.record.id
    assert {one.run for one in taken[taken.index(started) :]} == {started.run}
    rollouts = [one for one in taken if isinstance(one, RolloutDone)]
    by_id = {task.id: task for task in tasks().tasks}
    for one in rollouts:
        assert one.split == by_id[one.task].split
        assert one.trial == 0
        assert one.version in {run.first.digest, run.last.digest}
    begun = [one for one in taken if isinstance(one, RolloutStarted)]
    assert {(one.task, one.version) for one in begun} == {(o.task, o.version) for o in rollouts}
    (chosen,) = [one for one in taken if isinstance(one, VersionChosen)]
    assert (chosen.skill, chosen.shipped) == (run.skill, run.shipped)


async def test_the_runs_error_is_raised_after_its_last_event(tmp_path: Path) -> None:
    def refuses(_skill: str, _letter: str) -> str:
        raise RunStopped("no such key")

    taken: list[Event] = []

    async def take() -> None:
        async with skillopt.tuning(SKILL, **options(tmp_path, target=refuses)) as tuning:
            async for event in tuning.events():
                taken.append(event)  # noqa: PERF401 - what came before an error is kept

    with pytest.raises(RunStopped, match="no such key"):
        await take()
    assert isinstance(taken[-1], RunEnded)
    assert "no such key" in str(taken[-1].error)


@pytest.mark.parametrize("keeps", [False, True], ids=["dropped", "kept"])
async def test_leaving_the_loop_cancels_the_run_which_is_resumed(
    tmp_path: Path, *, keeps: bool
) -> None:
    heard: list[Event] = []
    async with skillopt.tuning(SKILL, **options(tmp_path, on_event=heard.append)) as tuning:
        events = tuning.events(buffer=1)
        async for event in events:
            if isinstance(event, RolloutDone):
                break
        if not keeps:
            del events
    assert isinstance(heard[-1], RunEnded)
    assert heard[-1].error == "cancelled"
    assert not any(isinstance(one, RoundDecided) for one in heard)
    again: list[Event] = []
    run = await skillopt.atune(SKILL, **options(tmp_path, on_event=again.append))
    (started,) = [one for one in again if isinstance(one, RunStarted)]
    assert started.resumed
    assert run.rounds


async def test_the_run_waits_for_who_takes_its_events(tmp_path: Path) -> None:
    heard: list[Event] = []
    more = options(tmp_path, on_event=heard.append, concurrency=1)
    async with skillopt.tuning(SKILL, **more) as tuning:
        events = tuning.events(buffer=1)
        await anext(events)
        for _ in range(2_000):
            await asyncio.sleep(0)
        assert sum(isinstance(one, RolloutDone) for one in heard) <= 2
        await events.aclose()


async def test_a_run_has_one_stream(tmp_path: Path) -> None:
    async with skillopt.tuning(SKILL, **options(tmp_path)) as tuning:
        events = tuning.events()
        await anext(events)
        with pytest.raises(RuntimeError, match="started already"):
            await anext(tuning.events())
        await events.aclose()


async def test_a_listener_that_fails_is_in_the_runs_warnings(tmp_path: Path) -> None:
    heard: list[Event] = []

    async def fails(event: Event) -> None:
        if isinstance(event, RoundDecided):
            raise KeyError("mine")

    given = options(tmp_path, on_event=[fails, heard.append])
    run = await skillopt.atune(SKILL, **given)
    (warning,) = [one for one in heard if isinstance(one, RunWarned)]
    assert run.warnings == (warning.says,)
    assert "KeyError: 'mine'" in warning.says


async def test_calls_of_models_name_their_rollouts_and_roles(tmp_path: Path) -> None:
    heard: list[Event] = []
    await skillopt.aevaluate(
        ROOT / "skills" / "changelog-lines" / "SKILL.md",
        practice=True,
        ledger=tmp_path / "ledger.db",
        on_event=heard.append,
    )
    calls = [one for one in heard if isinstance(one, ModelCalled)]
    done = [one for one in heard if isinstance(one, RolloutDone)]
    assert {(one.task, one.trial, one.version) for one in calls} == {
        (one.task, one.trial, one.version) for one in done
    }
    assert {one.run for one in calls} == {"evaluations"}
    assert {one.role for one in calls} == {"target"}
    assert all(one.usage.calls == 1 and one.seconds >= 0 for one in calls)


@pytest.mark.parametrize("kind", ["called", "awaited"])
def test_an_interrupt_of_a_listener_leaves_the_stream_and_the_run_is_resumed(
    tmp_path: Path, kind: str
) -> None:
    taken: list[Event] = []

    def interrupts(event: Event) -> None:
        if isinstance(event, RoundDecided):
            raise KeyboardInterrupt

    async def interrupts_later(event: Event) -> None:
        interrupts(event)

    async def streamed(**more: Any) -> None:
        async with skillopt.tuning(SKILL, **options(tmp_path, **more)) as tuning:
            taken.extend([event async for event in tuning.events()])

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(streamed(on_event=interrupts if kind == "called" else interrupts_later))
    asyncio.run(streamed())
    (started,) = [one for one in taken if isinstance(one, RunStarted)]
    assert started.resumed
