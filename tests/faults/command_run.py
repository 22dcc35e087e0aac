"""The small run with a target that is a process: its pipes can break too."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import skillopt
from skillopt.adapters.models import CallableModel
from skillopt.adapters.targets.command import CommandTarget
from tests.faults.small_run import tasks
from tests.kill_points import essence
from tests.scripted import learner

TARGET = Path(__file__).with_name("target.sh")


async def _run(folder: Path) -> skillopt.Run:
    return await skillopt.atune(
        folder / "SKILL.md",
        validation_set=skillopt.ValidationSet(name="desks", tasks=tasks()),
        target=CommandTarget(["sh", str(TARGET)], deterministic=True),
        optimizer=CallableModel(learner, identity="learner"),
        ledger=folder / "ledger.db",
        rounds=2,
        concurrency=2,
        deterministic=True,
    )


def whole(folder: Path) -> str:
    """Run to the end; what may not depend on faults, as JSON."""
    return json.dumps(essence(asyncio.run(_run(folder))), sort_keys=True)
