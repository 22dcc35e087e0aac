"""Let each I/O call of a small run go wrong, start the same command again, and tell what happened.

Run under the shim by `python -m tests.faults`, with a JSON object of arguments. For each point a
forked child runs with the fault, a second one looks at the ledger and runs the same to its end.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from skillopt.adapters.ledger import SqlLedger
from skillopt.errors import SkilloptError
from tests.faults import command_run, small_run
from tests.faults.injector import Fault, Shim

RUNS = {"callable": small_run.whole, "command": command_run.whole}


def in_child(folder: Path, work: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
    """What ``work`` returned in a forked child; None where the child was killed."""
    told = folder.with_name(folder.name + ".told")
    told.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        try:
            found = work()
        except SkilloptError as error:
            found = {"refused": f"{type(error).__name__}: {error}"}
        except BaseException:  # noqa: BLE001 - what it is, is what is asked
            found = {"raw": traceback.format_exc()}
        told.write_text(json.dumps(found), encoding="utf-8")
        os._exit(0)
    os.waitpid(child, 0)
    return json.loads(told.read_text(encoding="utf-8")) if told.exists() else None


def faulty(folder: Path, kind: str, fault: Fault, at: int, *, lasting: bool) -> dict[str, Any]:
    """A run with the fault; the calls it made, and where the fault was."""
    shim = Shim()
    shim.arm(folder, fault, at, lasting=lasting, pipes=kind == "command")
    try:
        found: dict[str, Any] = {"end": RUNS[kind](folder)}
    except SkilloptError as error:
        found = {"refused": f"{type(error).__name__}: {error}"}
    except BaseException:  # noqa: BLE001 - likewise
        found = {"raw": traceback.format_exc()}
    calls, where = shim.seen, shim.where
    shim.arm(folder, Fault.NONE, 0, lasting=False, pipes=False)
    return {**found, "calls": calls, "where": where}


async def sound(folder: Path) -> bool:
    """Whether the ledger verifies; one that is not there has nothing wrong."""
    where = folder / "ledger.db"
    if not where.exists():
        return True
    async with SqlLedger.open(where) as ledger:
        return (await ledger.verify()).sound


def afterwards(folder: Path, kind: str, *, ended: bool) -> dict[str, Any]:
    """The ledger as it was left, the same command again, and the ledger then."""
    before = asyncio.run(sound(folder))
    end = None if ended else RUNS[kind](folder)
    after = asyncio.run(sound(folder))
    skill = (folder / "SKILL.md").read_text(encoding="utf-8")
    return {"sound": before and after, "end": end, "skill": skill}


def point(folder: Path, kind: str, fault: Fault, at: int, *, lasting: bool) -> dict[str, Any]:
    """One point: the fault, and what came after."""
    small_run.fresh(folder)
    first = in_child(folder, lambda: faulty(folder, kind, fault, at, lasting=lasting)) or {}
    # The file is replaced at the very end: a run that was killed after that had ended, and the same
    # command would be a new run, on the new text.
    replaced = (folder / "SKILL.md").read_text(encoding="utf-8") != small_run.SKILL
    ended = "end" in first or (not first and replaced)
    then = in_child(folder, lambda: afterwards(folder, kind, ended=ended)) or {"raw": "killed"}
    end = first.get("end") or then.get("end")
    told = {"at": at, "fault": fault.name, "first": first, "then": then}
    return {**told, "end": end, "ended_untold": ended and end is None}


def main() -> None:
    asked = json.loads(sys.argv[1])
    kind, lasting, every = asked["run"], asked["lasting"], asked["every"]
    with tempfile.TemporaryDirectory(dir=asked["folder"]) as name:
        parent = Path(name)
        gc.freeze()  # else each child copies every page when it looks for garbage
        expected = point(parent / "whole", kind, Fault.NONE, 0, lasting=False)
        calls = expected["first"]["calls"]
        tell({"calls": calls, "expected": expected})
        for fault in asked["faults"]:
            for at in range(asked["first"], calls + 1, every):
                folder = parent / f"{fault}-{at}"
                tell(point(folder, kind, Fault[fault], at, lasting=lasting))


def tell(found: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
