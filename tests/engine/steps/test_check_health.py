"""One call per role before a run spends."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from skillopt.core.endings import Ending
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.events import HealthChecked
from skillopt.core.health import Health, Role
from skillopt.engine.steps.check_health import check_health, task_for_check
from skillopt.errors import CallFailed, RunStopped
from tests.engine.setups import Bench, bench
from tests.scripted import tasks
from tests.targets import ScriptedTarget

CRITIQUES = json.dumps({"critiques": []})
ALL: dict[Role, str] = {"target": "openai/t", "optimizer": "openai/o", "judge": "openai/j"}


async def checking(*lines: Any, target: ScriptedTarget | None = None) -> Bench:
    made = await bench(*(lines or (CRITIQUES,)), target=target)
    return made._replace(context=replace(made.context, checked=ALL))


def found(made: Bench) -> tuple[Health, ...]:
    (event,) = made.seen(HealthChecked)
    checks: tuple[Health, ...] = event.checks
    return checks


async def test_each_role_that_there_is_is_called_once_and_counted() -> None:
    made = await checking()
    await check_health(made.context)
    await check_health(made.context)
    target, optimizer = found(made)
    assert (target.role, target.model, target.structured) == ("target", "openai/t", None)
    assert (optimizer.role, optimizer.structured, optimizer.empty) == ("optimizer", True, False)
    assert (len(made.target.ran), len(made.optimizer.asked)) == (1, 1)
    spent = await made.ledger.usage(made.context.run)
    assert spent.calls == 2
    await check_health(made.context, again=True)
    assert (await made.ledger.usage(made.context.run)).calls == 4


async def test_nobody_is_called_where_nobody_is_to_be_checked() -> None:
    made = await bench(CRITIQUES)
    await check_health(made.context)
    assert (made.target.ran, made.optimizer.asked, made.events) == ([], [], [])


@pytest.mark.parametrize("reply", ["Sure, I am ready!", "{}", '{"critiques": 3}', ""])
async def test_a_reply_of_another_shape_is_said(reply: str) -> None:
    made = await checking(reply)
    await check_health(made.context)
    optimizer = found(made)[1]
    assert (optimizer.structured, optimizer.empty) == (False, reply == "")
    assert len(optimizer.warnings) == 1


async def test_a_role_that_does_not_answer_stops_the_run_and_is_checked_again() -> None:
    lost = CallFailed("openai/o: overloaded", used=Usage(calls=5))
    made = await checking(lost, CRITIQUES)
    with pytest.raises(RunStopped, match=r"the optimizer failed its health check: .*overloaded"):
        await check_health(made.context)
    assert (await made.ledger.usage(made.context.run)).calls == 6
    await check_health(made.context)
    assert [check.role for check in found(made)] == ["optimizer"]


def test_the_task_is_a_short_one_and_no_sealed_one() -> None:
    task = task_for_check(tasks())
    assert task.split == "train"
    assert len(task.text) == min(len(one.text) for one in tasks().split("train"))


@pytest.mark.parametrize(
    ("passing", "says"), [(True, "Run the same command again when it answers"), (False, "Fix this")]
)
async def test_the_way_out_depends_on_whether_waiting_helps(
    passing: bool,  # noqa: FBT001 - a row of the table
    says: str,
) -> None:
    made = await checking(CallFailed("openai/o: no", passing=passing))
    with pytest.raises(RunStopped, match=says):
        await check_health(made.context)


async def test_an_answer_that_a_filter_withholds_is_no_ill_health() -> None:
    def withhold(*_: object) -> None:
        raise CallFailed("filtered", ending=Ending.FILTERED)

    made = await checking(target=ScriptedTarget(before=withhold))
    await check_health(made.context)
    assert [check.role for check in found(made)] == ["target", "optimizer"]
