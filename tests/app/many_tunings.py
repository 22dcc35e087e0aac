"""Tunings of the skill in FOLDER, all at once: `python -m tests.app.many_tunings FOLDER COUNT`.

Each is a process of its own, with its own seed. They are forked once all is imported: eight
interpreters would be at their imports for most of the time, and not at the ledger. A JSON object on
stdout per tuning: the run's id, its rounds and its calls.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path

import skillopt
import skillopt.adapters.ledger
import skillopt.app.tune
import skillopt.engine.graph
from tests.scripted import agent, learner, tasks


def tune(folder: Path, seed: int) -> None:
    run = skillopt.tune(
        folder / "SKILL.md",
        validation_set=tasks(),
        target=agent,
        identity="desks",
        optimizer=learner,
        ledger=folder / "ledger.db",
        rounds=2,
        seed=seed,
        write=False,
    )
    found = {"id": run.record.id, "rounds": len(run.rounds), "calls": run.record.usage.calls}
    os.write(sys.stdout.fileno(), f"{json.dumps(found)}\n".encode())


def forked(folder: Path, seed: int) -> int:
    """The id of a process that tunes."""
    child = os.fork()
    if child == 0:
        try:
            tune(folder, seed)
        except BaseException:  # noqa: BLE001 - the child must end here
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return child


def main() -> None:
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    children = [forked(folder, seed) for seed in range(count)]
    ends = [os.waitpid(child, 0)[1] for child in children]
    sys.exit(any(ends))


if __name__ == "__main__":
    main()
