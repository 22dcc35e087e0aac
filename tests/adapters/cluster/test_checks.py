"""Checks in workers."""

from __future__ import annotations

from functools import partial

import pytest

from skillopt.adapters.checks import ProgramChecks
from skillopt.adapters.cluster.checks import PooledChecks
from skillopt.adapters.cluster.target import Held, PooledTarget
from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.processes import Fence
from skillopt.adapters.targets import AgentTarget
from skillopt.core.agents.form import AgentForm
from skillopt.core.evaluation.checks import Command, File, Python
from skillopt.core.loop_settings import SpendLimits
from skillopt.errors import AnswerLost, CallFailed, RunStopped
from tests.adapters.cluster.in_process import Lose, Site, task

FORM = AgentForm(name="own", command=("sh", "-c", "echo hello > made.txt; echo done"))
FOUND = Command(type="command", argv=("grep", "-q", "hello", "made.txt"))
NAMED = Command(type="command", argv=("grep", "-q", "answer"))
OWN = Python(type="python", call="own:short")


def checks(site: Site, held: Held | None = None) -> PooledChecks:
    local = ProgramChecks(own={"short": lambda answer, _task: len(answer) < 9})
    return PooledChecks(local, pool=site.pool(), held=held or Held())


@pytest.mark.parametrize("check", [NAMED, OWN])
async def test_results_are_those_of_one_process(check: Command | Python) -> None:
    site = Site()
    alone = ProgramChecks(own={"short": lambda answer, _task: len(answer) < 9})
    for answer in ("answer", "something else"):
        found = await checks(site).run(check, answer, task())
        assert found == await alone.run(check, answer, task())
    assert ("check" in site.asked) is (check is NAMED)


async def test_a_check_lost_with_its_worker_is_run_again() -> None:
    site = Site(lose=lambda method, number: method == "check" and number < 3)
    assert (await checks(site).run(NAMED, "answer", task())).score == 1.0
    assert site.started == 3


async def test_a_check_that_ends_worker_after_worker_stops_the_run() -> None:
    site = Site(lose=lambda method, _: method == "check")
    with pytest.raises(RunStopped, match=r"3 workers .* task 't1'.*isolated: true"):
        await checks(site).run(NAMED, "answer", task())


async def test_a_checks_own_failure_is_missing_data() -> None:
    check = Command(type="command", argv=("no-such-program-here",))
    with pytest.raises(CallFailed, match="cannot be started"):
        await checks(Site()).run(check, "x", task())


def agent(lose: Lose) -> tuple[PooledTarget, PooledChecks]:
    recipe, held, meter = (
        partial(AgentTarget, FORM, fence=Fence()),
        Held(),
        SpendMeter(SpendLimits()),
    )
    site = Site(recipe, lose=lose)
    pool = site.pool()
    target = PooledTarget(recipe(meter=meter), pool=pool, meter=meter, held=held)
    return target, PooledChecks(ProgramChecks(), pool=pool, held=held)


async def test_checks_of_a_workspace_run_where_it_is() -> None:
    target, runner = agent(lambda _method, _number: False)
    answers = [await target.answer(None, task(name), trial=0) for name in ("a", "b")]
    for answer in answers:
        for check in (FOUND, File(type="file", path="made.txt")):
            found = await runner.run(check, answer.text, task(), produced=answer.produced)
            assert found.score == 1.0
        await target.release(answer)


async def test_a_workspace_that_is_gone_with_its_worker_loses_the_answer() -> None:
    target, runner = agent(lambda method, _number: method == "check")
    answer = await target.answer(None, task(), trial=0)
    with pytest.raises(AnswerLost, match="the workspace of task 't1' is gone"):
        await runner.run(FOUND, answer.text, task(), produced=answer.produced)
    await target.release(answer)
