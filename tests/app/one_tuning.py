"""One tuning of the skill in FOLDER, as a process: `python -m tests.app.one_tuning FOLDER SEED`.

The run's id, its rounds and its calls are one JSON object on stdout.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import skillopt
from tests.scripted import agent, learner, tasks


def main() -> None:
    folder, seed = Path(sys.argv[1]), int(sys.argv[2])
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
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
