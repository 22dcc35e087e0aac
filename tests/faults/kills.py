"""SIGKILL under load: runs with real processes as targets are killed, and started again.

    python -m tests.faults.kills [--kills 200] [--jobs 8] [--seed 1]

JOBS runs are at work at once, so that the machine is busy. Each is killed somewhere after an event
drawn by lot, then the same command runs to its end. The ledger must verify both times, no rollout
that it had may be asked for again, and the end must be that of a run that nobody killed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.faults.injector import ROOT
from tests.faults.points import sound
from tests.faults.small_run import fresh
from tests.scripted import environment


class Whole(NamedTuple):
    """The run that nobody killed."""

    events: int
    end: str
    skill: str


def started(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.command_run", folder],
        cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def run_whole(folder: Path) -> Whole:
    with started(fresh(folder)) as process:
        assert process.stdout
        *events, end = process.stdout.read().splitlines()
    return Whole(len(events), end, (folder / "SKILL.md").read_text(encoding="utf-8"))


def paid(folder: Path) -> set[str]:
    """Version and task of each rollout that the ledger has."""
    if not (folder / "ledger.db").exists():
        return set()
    with sqlite3.connect(folder / "ledger.db") as connection:
        try:
            rows = connection.execute("SELECT skill, task_id FROM rollouts WHERE status = 'graded'")
            return {f"{skill} {task}" for skill, task in rows}
        except sqlite3.OperationalError:  # killed before there was a table
            return set()


def asked(folder: Path) -> list[str]:
    log = folder / "asked"
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def complaint(folder: Path, whole: Whole, after: int) -> str | None:
    """What was wrong after a kill some time after event number ``after``; None where nothing was."""
    with started(fresh(folder)) as process:
        assert process.stdout
        for _ in range(after):
            process.stdout.readline()
        process.kill()
    if not asyncio.run(sound(folder)):
        return "the ledger does not verify after the kill"
    before, mark = paid(folder), len(asked(folder))
    with started(folder) as process:
        assert process.stdout
        said = process.stdout.read().splitlines()
    if process.returncode or not said:
        return f"the same command ended with {process.returncode}"
    if not asyncio.run(sound(folder)):
        return "the ledger does not verify after the second run"
    again = before.intersection(asked(folder)[mark:])
    if again:
        return f"paid again: {sorted(again)}"
    same = (said[-1], (folder / "SKILL.md").read_text(encoding="utf-8"))
    return None if same == (whole.end, whole.skill) else "another end than without the kill"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=8, help="runs at work at once")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(given.jobs) as pool:
        parent = Path(name)
        whole = run_whole(parent / "whole")
        points = [chance.randint(0, whole.events - 1) for _ in range(given.kills)]
        waiting = [
            pool.submit(complaint, parent / f"{number}", whole, after)
            for number, after in enumerate(points)
        ]
        wrong: list[str] = []
        for number, (at, one) in enumerate(zip(points, waiting, strict=True), 1):
            if said := one.result():
                wrong.append(f"after event {at}: {said}")
            if number % 10 == 0:
                print(f"{number} of {given.kills} kills, {len(wrong)} wrong", file=sys.stderr)
    print(json.dumps({"kills": given.kills, "events": whole.events, "wrong": wrong}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
