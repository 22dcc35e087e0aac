"""A flood: many runs at once on one PostgreSQL ledger; nothing may be lost, nothing may stand still.

    python -m tests.faults.flood [--minutes 10] [--runs 32] [--processes 8]

Each of RUNS places starts one run after the other until the time is over. At the end every run that
ended is in the ledger with all its rounds and rollouts, no run failed, and the ledger verifies. The
server is the tests' own, or the one that SKILLOPT_TEST_POSTGRES names.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import skillopt
from skillopt.adapters.ledger import SqlLedger
from skillopt.adapters.models import CallableModel
from tests.adapters.ledger import postgres
from tests.faults.injector import ROOT
from tests.faults.small_run import agent, fresh, tasks
from tests.scripted import environment, learner


async def one_run(folder: Path, url: str, seed: int) -> dict[str, int | str]:
    """A run of its own; what the ledger must have of it."""
    asked = 0

    async def target(skill: str, letter: str) -> str:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0)
        return agent(skill, letter)

    run = await skillopt.atune(
        folder / "SKILL.md",
        validation_set=skillopt.ValidationSet(name="desks", tasks=tasks()),
        target=target,
        identity=f"desks {seed}",
        optimizer=CallableModel(learner, identity="learner"),
        ledger=url,
        rounds=2,
        concurrency=2,
        deterministic=True,
        seed=seed,
    )
    return {"run": run.record.id, "rounds": len(run.rounds), "rollouts": asked}


async def place(folder: Path, url: str, number: int, deadline: float) -> None:
    """One run after the other."""
    turn = 0
    while turn == 0 or time.monotonic() < deadline:
        told = await one_run(fresh(folder / f"{number}-{turn}"), url, 1000 * number + turn)
        print(json.dumps(told), flush=True)
        turn += 1


async def worker(url: str, first: int, runs: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as name:
        async with asyncio.TaskGroup() as group:
            for number in range(first, first + runs):
                group.create_task(place(Path(name), url, number, deadline))


async def missing(url: str, told: list[dict[str, int | str]]) -> list[str]:
    """What runs said that the ledger does not have."""
    found: list[str] = []
    async with SqlLedger.open(url) as ledger:
        verification = await ledger.verify()
        if verification.bad is not None:
            found.append(f"the ledger does not verify: {verification.bad}")
        for each in told:
            run = str(each["run"])
            rounds, usage = len(await ledger.rounds(run)), await ledger.usage(run)
            if rounds != each["rounds"]:
                found.append(f"run {run}: {rounds} of {each['rounds']} rounds")
            if usage.calls < int(each["rollouts"]):
                found.append(f"run {run}: {usage.calls} of {each['rollouts']} rollouts")
    return found


def flooded(url: str, *, runs: int, processes: int, seconds: float) -> dict[str, object]:
    """The flood on an empty database, and what was wrong after it."""
    share = -(-runs // processes)
    code = "import asyncio, sys; from tests.faults.flood import worker; asyncio.run(worker(sys.argv[1], *map(int, sys.argv[2:4]), float(sys.argv[4])))"
    working = [
        subprocess.Popen(
            [sys.executable, "-c", code, url, str(first), str(min(share, runs - first)), str(seconds)],
            cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True,
        )
        for first in range(0, runs, share)
    ]  # fmt: skip
    said = [process.communicate()[0] for process in working]
    told = [json.loads(line) for lines in said for line in lines.splitlines()]
    failed = [f"a worker ended with {one.returncode}" for one in working if one.returncode]
    wrong = failed + asyncio.run(missing(url, told))
    return {"runs": len(told), "rollouts": sum(each["rollouts"] for each in told), "wrong": wrong}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.flood", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--runs", type=int, default=32, help="runs at work at once")
    parser.add_argument("--processes", type=int, default=8, help="among which they are divided")
    given = parser.parse_args()
    with postgres.server() as server, postgres.fresh_database(server) as url:
        seconds = given.minutes * 60
        found = flooded(url, runs=given.runs, processes=given.processes, seconds=seconds)
    print(json.dumps(found))
    return 1 if found["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
