"""A target in workers: the same answers and counts as in one process, also where workers die."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from skillopt.adapters.cluster.target import PooledTarget
from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.processes import Fence
from skillopt.adapters.targets import AgentTarget, CallableTarget, CommandTarget
from skillopt.core.agents.form import AgentForm
from skillopt.core.evaluation.rollout import Answer, Usage
from skillopt.core.loop_settings import SpendLimits
from skillopt.errors import CallFailed, RunStopped, SpendExhausted, TargetError
from tests.adapters.cluster.in_process import Site, command, task


def pooled(recipe: Any, site: Site, **limits: Any) -> tuple[PooledTarget, SpendMeter]:
    meter = SpendMeter(SpendLimits(**limits))
    return PooledTarget(recipe(meter=meter), pool=site.pool(), meter=meter), meter


def costly(_skill: str, given: str) -> Answer:
    """A function of a module: what it says it has used counts."""
    return Answer(text=given.upper(), usage=Usage(calls=3, prompt_tokens=7, cost=0.5))


def failing(_skill: str, _given: str) -> str:
    raise CallFailed("the provider is away", used=Usage(calls=2))


async def test_answers_identity_and_spend_are_those_of_one_process() -> None:
    for recipe in (command(), partial(CallableTarget, costly)):
        alone, meter = recipe(meter=SpendMeter(SpendLimits())), SpendMeter(SpendLimits())
        site = Site(recipe)
        target = PooledTarget(recipe(meter=meter), pool=site.pool(), meter=meter)
        expected = await alone.answer(None, task(), trial=2)
        assert await target.answer(None, task(), trial=2) == expected
        assert meter.used == expected.usage
        assert target.identity == alone.identity
        assert target.own_target == alone.own_target


async def test_a_call_lost_with_its_worker_is_made_again_and_counts() -> None:
    site = Site(command(), lose=lambda method, number: method == "answer" and number == 1)
    target, meter = pooled(command(), site)
    answer = await target.answer(None, task("t9"), trial=0)
    assert (answer.text, answer.usage) == ("t9 0", Usage(calls=2))
    assert meter.used.calls == 2
    assert site.started == 2


async def test_a_task_that_ends_worker_after_worker_stops_the_run() -> None:
    site = Site(command(), lose=lambda method, _: method == "answer")
    target, meter = pooled(command(), site)
    with pytest.raises(RunStopped, match=r"task 't9': 3 workers .*ray_memory") as caught:
        await target.answer(None, task("t9"), trial=0)
    assert caught.value.used == Usage(calls=3) == meter.used


@pytest.mark.parametrize("limit", [1, 5])
async def test_no_call_passes_a_limit_also_where_workers_die(limit: int) -> None:
    site = Site(command(), lose=lambda method, number: method == "answer" and number % 3 == 1)
    target, meter = pooled(command(), site, max_calls=limit)
    found = await asyncio.gather(
        *(target.answer(None, task(f"t{n}"), trial=0) for n in range(6)), return_exceptions=True
    )
    assert site.asked.count("answer") == limit == meter.used.calls
    kept = [error.used for error in found if isinstance(error, SpendExhausted)]
    lost = [used for used in kept if used]
    answered = [answer.usage for answer in found if isinstance(answer, Answer)]
    assert sum(used.calls for used in (*lost, *answered)) == limit


async def test_workers_are_given_no_more_calls_than_there_are_places() -> None:
    site = Site(command())
    target, _ = pooled(command(), site)
    await asyncio.gather(*(target.answer(None, task(f"t{n}"), trial=0) for n in range(5)))
    assert site.most_in_flight == 2


async def test_an_outage_is_counted_over_all_workers() -> None:
    recipe = partial(CallableTarget, failing)
    target, meter = pooled(recipe, Site(recipe))
    found = [await _error(target) for _ in range(15)]
    assert [type(error) for error in found] == [CallFailed] * 14 + [RunStopped]
    assert "15 requests in a row failed" in str(found[-1])
    assert meter.used.calls == 15


async def _error(target: PooledTarget) -> Exception:
    with pytest.raises((CallFailed, RunStopped)) as caught:
        await target.answer(None, task(), trial=0)
    error: Exception = caught.value
    return error


async def test_a_targets_own_failure_after_a_lost_call_is_charged_with_both() -> None:
    recipe = partial(CommandTarget, ("sh", "-c", "exit 3"), fence=Fence())
    site = Site(recipe, lose=lambda method, number: method == "answer" and number == 1)
    target, _ = pooled(recipe, site)
    with pytest.raises(TargetError, match="exit code 3") as caught:
        await target.answer(None, task(), trial=0)
    assert caught.value.used == Usage(calls=2)


async def test_a_workspace_stays_with_its_worker_until_it_is_released() -> None:
    form = AgentForm(name="own", command=("sh", "-c", "echo hello > made.txt; echo done"))
    recipe = partial(AgentTarget, form, fence=Fence())
    target, _ = pooled(recipe, Site(recipe))
    answer = await target.answer(None, task(), trial=0)
    assert [file.path for file in answer.files] == ["made.txt"]
    _, workspace = target._held.at(str(answer.workspace))
    assert _names(workspace) == ["made.txt"]
    await target.release(answer)
    assert _names(workspace) is None
    await target.release(answer.model_copy(update={"workspace": None}))


def _names(folder: str) -> list[str] | None:
    there = Path(folder)
    return [path.name for path in there.iterdir()] if there.exists() else None
