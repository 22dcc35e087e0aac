"""Kill a run with SIGKILL at many points, start the same command again, and tell what happened.

    python tests/kill_points.py [--every N]

Each point is one *tick*: a call of the target, a call of the optimizer, or an event. A forked child
counts ticks and kills itself, at the point asked for, with a signal that nothing can catch; a second
child runs the same thing to its end. One JSON object on stdout: per point whether the end is the
same as without the kill, and which finished rollouts and replies were paid again.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import signal
import sqlite3
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import skillopt
import skillopt.adapters.ledger
import skillopt.app.tune
import skillopt.engine.graph
from skillopt.adapters.models import CallableModel
from skillopt.core.quoting import blocks
from skillopt.core.value import text_hash

sys.path.insert(0, str(Path(__file__).parent.parent / "docs" / "examples"))
import own_agent

Tick = Callable[[str], None]


async def run_once(folder: Path, tick: Tick) -> skillopt.Run:
    """The example's run, on a skill file and a ledger in ``folder``."""

    async def target(skill: str, letter: str) -> str:
        tick(f"target {text_hash(skill)} {text_hash(letter)}")
        await asyncio.sleep(0)
        return own_agent.agent(skill, letter)

    async def optimizer(messages: list[dict[str, str]]) -> str:
        step = "repair" if len(messages) > 2 else "propose"
        step = step if "limits" in blocks(messages[1]["content"]) else "criticize"
        tick(f"optimizer {step} {text_hash(messages[-1]['content'])}")
        return own_agent.optimizer(messages)

    return await skillopt.atune(
        folder / "skill" / "SKILL.md",
        validation_set=skillopt.ValidationSet(name="which-desk", tasks=own_agent.tasks()),
        target=target,
        identity="desks",  # each process counts its ticks with another closure
        optimizer=CallableModel(optimizer, identity="learner"),
        ledger=folder / "ledger.db",
        on_event=lambda event: tick(f"event {event.event}"),
        rounds=5,
        concurrency=4,
        deterministic=True,
    )


def work(folder: Path, kill_at: int | None) -> None:
    """Run, and write what was done; the process kills itself at tick ``kill_at``."""
    ticks = 0
    with (folder / "ticks").open("a", encoding="utf-8", buffering=1) as log:

        def tick(what: str) -> None:
            nonlocal ticks
            ticks += 1
            log.write(what + "\n")
            if ticks == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

        run = asyncio.run(run_once(folder, tick))
    (folder / "end.json").write_text(json.dumps(essence(run)), encoding="utf-8")


def child(folder: Path, kill_at: int | None) -> None:
    """The same in a forked child, which has imported and compiled what this process has."""
    pid = os.fork()
    if pid:
        _, status = os.waitpid(pid, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        if not killed and status != 0:
            raise SystemExit(f"the child ended with status {status}")
        return
    try:
        work(folder, kill_at)
        os._exit(0)
    except BaseException as error:  # noqa: BLE001 - the child must end here
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        os._exit(1)


_OF_ITS_OWN: dict[str, Any] = {
    "id": True,
    "run": True,
    "spent": True,
    "decision": {"verdict": {"measures"}},
}
"""What differs between two runs of the same: names, spend, and how long answers took."""


def essence(run: skillopt.Run) -> dict[str, Any]:
    """All of a run that may not depend on when it was killed: everything but ids, times, spend."""
    return {
        "skill": run.skill.text,
        "shipped": run.shipped,
        "stopped_by": run.record.stopped_by,
        "sealed": run.record.sealed.model_dump() if run.record.sealed else None,
        "rounds": [round_.model_dump(mode="json", exclude=_OF_ITS_OWN) for round_ in run.rounds],
    }


def paid(folder: Path) -> set[str]:
    """What the ledger has at the moment: the calls that may not be made again."""
    database = folder / "ledger.db"
    if not database.exists():
        return set()
    with sqlite3.connect(database) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        if "rollouts" not in tables:
            return set()
        inputs = {task.digest: text_hash(task.text) for task in own_agent.tasks()}
        rows = connection.execute("SELECT skill, task FROM rollouts WHERE status = 'graded'")
        return {f"target {skill} {inputs[task]}" for skill, task in rows}


def fresh(parent: Path, name: str) -> Path:
    """A folder with the example's skill file."""
    folder = parent / name
    (folder / "skill").mkdir(parents=True)
    (folder / "skill" / "SKILL.md").write_text(own_agent.SKILL.text, encoding="utf-8")
    return folder


def main() -> None:
    """Run all points."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="try every N-th tick")
    parser.add_argument("--first", type=int, default=1, help="start at this tick")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        parent = Path(name)
        whole = fresh(parent, "whole")
        work(whole, None)
        assert threading.active_count() == 1, "a child would wait for a thread that it has not"
        gc.freeze()  # else each child copies every page when it looks for garbage
        expected = json.loads((whole / "end.json").read_text(encoding="utf-8"))
        total = len((whole / "ticks").read_text(encoding="utf-8").splitlines())
        points = []
        for at in range(arguments.first, total + 1, arguments.every):
            folder = fresh(parent, f"at-{at}")
            child(folder, at)
            before = paid(folder)
            mark = len((folder / "ticks").read_text(encoding="utf-8").splitlines())
            child(folder, None)
            after = (folder / "ticks").read_text(encoding="utf-8").splitlines()[mark:]
            end = json.loads((folder / "end.json").read_text(encoding="utf-8"))
            written = (folder / "skill" / "SKILL.md").read_text(encoding="utf-8")
            points.append(
                {
                    "tick": at,
                    "same_end": end == expected,
                    "file": written == expected["skill"],
                    "paid_again": sorted(before.intersection(after)),
                    "finished": len(before),
                }
            )
    print(json.dumps({"ticks": total, "accepted": expected["shipped"], "points": points}))


if __name__ == "__main__":
    main()
