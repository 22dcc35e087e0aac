"""What an endpoint refuses is known to later runs, and keeps apart what was answered without it."""

from __future__ import annotations

from typing import Any

import pytest

import skillopt
from skillopt.app.evaluate import Evaluation
from skillopt.core.evaluation.rollout import Graded
from skillopt.errors import RunStopped
from tests import loopback as says
from tests.app.jobs import BETTER
from tests.loopback import Behaviour, Loopback, serving
from tests.scripted import SKILL, tasks
from tests.standins_ledger import MemoryLedger

REFUSES = says.unless("seed", says.status(400, "'seed' is not supported"), says.text("bakery"))
TAKES = says.text("bakery")
TASKS = len(tasks().split("validation"))


async def measured(
    loopback: Loopback, ledger: MemoryLedger, *, skill: skillopt.Skill = SKILL, **more: Any
) -> Evaluation:
    given = {"target": "openai/t", "api_base": loopback.base, "validation_set": tasks()}
    return await skillopt.aevaluate(skill, ledger=ledger, **{**given, **more})


def targets(ledger: MemoryLedger, skill: skillopt.Skill | None = None) -> set[str]:
    keys = [rollout.key for rollout in ledger.paid.values() if isinstance(rollout, Graded)]
    return {key.target for key in keys if skill is None or key.skill == skill.digest}


async def test_a_refusal_is_found_out_once_and_remembered_by_the_next_command() -> None:
    ledger = MemoryLedger()
    async with serving() as loopback:
        loopback.script(REFUSES)
        await measured(loopback, ledger)
        assert len(loopback.requests) == 2 + TASKS
        await measured(loopback, ledger)
        assert len(loopback.requests) == 2 + TASKS, "all is stored"
        await measured(loopback, ledger, skill=BETTER)
    assert sum("seed" in sent for sent in loopback.requests) == 1
    assert len(targets(ledger)) == 1


@pytest.mark.parametrize("health_check", [True, False])
async def test_answers_with_and_without_a_parameter_are_those_of_two_targets(
    health_check: bool,  # noqa: FBT001 - a row of the table
) -> None:
    ledger = MemoryLedger()
    async with serving() as loopback:
        loopback.script(TAKES)
        await measured(loopback, ledger, health_check=health_check)
        loopback.script(REFUSES)
        await measured(loopback, ledger, skill=BETTER, health_check=health_check)
    with_seed, without = (targets(ledger, skill) for skill in (SKILL, BETTER))
    assert (len(with_seed), len(without)) == (1, 1)
    assert with_seed != without


def taken_then_refused(times: int) -> Behaviour:
    """Takes the parameter in so many requests, and refuses it from then on."""
    seen: list[None] = []

    async def behave(loopback: Loopback, request: Any, content: Any) -> Any:
        seen.append(None)
        return await (TAKES if len(seen) <= times else REFUSES)(loopback, request, content)

    return behave


@pytest.mark.parametrize("concurrency", [1, 8])
async def test_a_parameter_that_is_refused_in_mid_run_stops_it(concurrency: int) -> None:
    ledger = MemoryLedger()
    async with serving() as loopback:
        loopback.script(taken_then_refused(9))
        with pytest.raises(RunStopped, match=r"'seed' was taken .* --drop-param seed"):
            await measured(loopback, ledger, concurrency=concurrency)
        assert len(targets(ledger)) == 1, "what was answered with it is kept"
        found = await measured(loopback, ledger, drop_params=["seed"])
    assert found.missing == 0
    assert len(targets(ledger)) == 2


async def test_stored_rollouts_are_not_compared_with_those_of_another_way_of_asking() -> None:
    ledger = MemoryLedger()
    async with serving() as loopback:
        loopback.script(TAKES)
        await measured(loopback, ledger, health_check=False)
        loopback.script(REFUSES)
        with pytest.raises(RunStopped, match="refuses 'seed', which earlier rollouts"):
            await measured(loopback, ledger, health_check=False, trials=2)


async def test_a_resumed_run_starts_with_what_was_found_out() -> None:
    ledger = MemoryLedger()
    more = {"target": "openai/t", "optimizer": "openai/o", "validation_set": tasks()}
    async with serving() as loopback, serving() as other:
        loopback.script(REFUSES)
        other.script(says.text('{"critiques": []}'), otherwise=says.status(401, "no such key"))
        for _ in range(2):
            with pytest.raises(RunStopped, match="no such key"):
                await skillopt.atune(
                    SKILL,
                    ledger=ledger,
                    target_api_base=loopback.base,
                    optimizer_api_base=other.base,
                    **more,
                )
    assert sum("seed" in sent for sent in loopback.requests) == 1
    assert len(other.requests) == 3, "the optimizer is checked once"
