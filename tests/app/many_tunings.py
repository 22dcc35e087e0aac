"""Tunings of the skill in FOLDER, all at once: `python -m tests.app.many_tunings FOLDER COUNT`.

Each is a process of its own, with its own seed. They are forked once all is imported: eight
interpreters would be at their imports for most of the time, and not at the ledger. A JSON object on
stdout per tuning: the run's id, its rounds and its calls.
"""

from __future__ import annotations

import json
import os
import sys
from functools import partial
from pathlib import Path

import skillopt
import skillopt.adapters.ledger
import skillopt.app.tune
import skillopt.engine.graph
from tests.forking import all_succeed
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


def main() -> None:
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    sys.exit(not all_succeed(partial(tune, folder, seed) for seed in range(count)))


if __name__ == "__main__":
    main()
