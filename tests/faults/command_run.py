"""The small run with a target that is a process: its pipes can break too.

    python -m tests.faults.command_run FOLDER

runs it, with a line on stdout for each event and the end as JSON on the last.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import skillopt
from skillopt.adapters.models import CallableModel
from skillopt.adapters.targets.command import CommandTarget
from tests.faults.small_run import tasks
from tests.kill_points import Tick, essence
from tests.scripted import learner

TARGET = Path(__file__).with_name("target.sh")


async def _run(folder: Path, tick: Tick) -> skillopt.Run:
    return await skillopt.atune(
        folder / "SKILL.md",
        validation_set=skillopt.ValidationSet(name="desks", tasks=tasks()),
        target=CommandTarget(["sh", str(TARGET)], deterministic=True),
        optimizer=CallableModel(learner, identity="learner"),
        ledger=folder / "ledger.db",
        on_event=lambda event: tick(event.event),
        rounds=2,
        concurrency=2,
        deterministic=True,
    )


def whole(folder: Path) -> str:
    """Run to the end; what may not depend on faults, as JSON."""
    return _end(folder, lambda _: None)


def _end(folder: Path, tick: Tick) -> str:
    return json.dumps(essence(asyncio.run(_run(folder, tick))), sort_keys=True)


def main() -> None:
    folder = Path(sys.argv[1])
    os.environ["ASKED"] = str(folder / "asked")
    print(_end(folder, lambda event: print(event, flush=True)), flush=True)


if __name__ == "__main__":
    main()
