"""The small run of `tests/faults` with a target that workers can build.

    python -m tests.adapters.cluster.small_tuning FOLDER ROLLOUTS [WORKERS]

runs it on a Ray cluster, and kills itself after that many rollouts; 0: after none. WORKERS is the
cluster's address, `ray` by default.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import skillopt
from skillopt.adapters.models import CallableModel
from skillopt.core.events import Event, RolloutDone
from tests.adapters.cluster.desks import NOTES, SERVER, desk
from tests.faults.small_run import SKILL, tasks
from tests.kill_points import essence
from tests.scripted import learner

OnRollout = Callable[[int], object]
"""Called after each rollout, with its number."""


def tuned(folder: Path, *, on_rollout: OnRollout = lambda _: None, **options: Any) -> str:
    """Run to the end; what may not depend on faults, as JSON."""
    folder.mkdir(exist_ok=True)
    skill = folder / "SKILL.md"
    if not skill.exists():
        skill.write_text(SKILL, encoding="utf-8")
    done = 0

    def see(event: Event) -> None:
        nonlocal done
        if isinstance(event, RolloutDone):
            done += 1
            on_rollout(done)

    run = skillopt.tune(
        skill,
        validation_set=skillopt.ValidationSet(name="desks", tasks=tasks()),
        target=desk,
        identity="desks",
        optimizer=CallableModel(learner, identity="learner"),
        ledger=folder / "ledger.db",
        on_event=see,
        rounds=2,
        concurrency=4,
        deterministic=True,
        pass_env=(NOTES, SERVER),
        **options,
    )
    return json.dumps([essence(run), skill.read_text(encoding="utf-8")], sort_keys=True)


def main() -> None:
    folder, last = Path(sys.argv[1]), int(sys.argv[2])
    workers = sys.argv[3] if len(sys.argv) > 3 else "ray"

    def end(number: int) -> None:
        if number == last:
            os.kill(os.getpid(), signal.SIGKILL)

    print(tuned(folder, on_rollout=end, workers=workers))


if __name__ == "__main__":
    main()
