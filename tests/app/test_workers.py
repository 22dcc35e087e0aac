"""What runs in workers, and what is refused before a cluster is looked for."""

from __future__ import annotations

import importlib.util
from contextlib import AsyncExitStack
from typing import Any

import pytest

import skillopt
from skillopt.adapters.checks import ProgramChecks
from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.processes import Fence
from skillopt.adapters.targets import CallableTarget
from skillopt.app.wiring import Wiring
from skillopt.app.workers import Placed, on_workers
from skillopt.core.evaluation.checks import Command
from skillopt.core.loop_settings import SpendLimits
from skillopt.errors import SettingsError
from tests.adapters.cluster.desks import desk
from tests.app.jobs import job
from tests.faults.small_run import tasks
from tests.standins_ledger import MemoryLedger
from tests.targets import ScriptedTarget

SET = skillopt.ValidationSet(name="desks", tasks=tasks())


async def refusal(**options: Any) -> str:
    async with AsyncExitStack() as stack:
        with pytest.raises(SettingsError) as caught:
            Wiring(job(**options), stack).setup(MemoryLedger())
    return str(caught.value)


async def test_without_the_setting_everything_stays_as_it_is() -> None:
    made = job(target=desk, validation_set=SET)
    meter = SpendMeter(SpendLimits())
    here = Placed(CallableTarget(desk, meter=meter), ProgramChecks(), 8)
    async with AsyncExitStack() as stack:
        found = on_workers(made, here, None, fence=Fence(), meter=meter, stack=stack)
    assert found is here


async def test_an_object_of_the_program_is_refused() -> None:
    said = await refusal(workers="ray", target=ScriptedTarget(), validation_set=SET)
    assert "an object of this program (ScriptedTarget)" in said


async def test_a_function_that_workers_cannot_import_is_refused() -> None:
    said = await refusal(workers="ray", target=lambda _skill, given: given, validation_set=SET)
    assert "define it at the top level of a module" in said


async def test_a_model_without_checks_for_workers_is_refused() -> None:
    said = await refusal(workers="ray", target="practice/reader", validation_set=SET)
    assert "has nothing to run: the target is a model" in said


@pytest.mark.skipif(importlib.util.find_spec("ray") is not None, reason="Ray is installed")
@pytest.mark.parametrize("target", [desk, "practice/reader"])
async def test_without_ray_the_message_has_the_command_that_installs_it(target: Any) -> None:
    check = Command(type="command", argv=("true",))
    checked = [task.model_copy(update={"checks": (check,)}) for task in tasks()]
    asked = skillopt.ValidationSet(name="desks", tasks=tuple(checked))
    said = await refusal(workers="ray", target=target, validation_set=asked)
    assert "pip install 'skillopt-ledger[ray]'" in said
