"""Kill a process with SIGKILL before each SQL statement that may write, COMMIT too, and look.

    python -m tests.adapters.ledger.statement_kills FOLDER [--earlier FILE] [--every N]

For each statement a forked child does the same work on a ledger of its own, and dies before that
statement; the ledger is then opened, verified, and the work done to its end. With FILE, a ledger of
an earlier schema, the work is to bring that up to date. One JSON object on stdout. A SELECT is no
such statement: what a kill before it leaves is what one before the next statement leaves.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import itertools
import json
import os
import shutil
import signal
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from skillopt.adapters.ledger import SqlLedger
from skillopt.core.gate.contest import Outcome
from skillopt.core.proposals.refusal import Ablation, Part
from tests.adapters.ledger.samples import (
    SKILL,
    a_missing,
    a_proposal,
    a_rollout,
    a_round,
    a_run,
    an_end,
    an_exchange,
    an_insert,
)

Work = Callable[[Path], Coroutine[Any, Any, None]]


async def work(path: Path) -> None:
    """Everything a run enters, one after the other."""
    async with SqlLedger.open(path) as ledger:
        run = a_run()
        await ledger.start_run(run, SKILL)
        await ledger.add_rollout(run.id, a_rollout(1))
        await ledger.add_rollout(run.id, a_missing(2))
        await ledger.add_exchange(an_exchange())
        refused, _ = a_round(1, proposal=a_proposal(an_insert("- One.\n"), an_insert("- Two.\n")))
        await ledger.add_round(refused, None)
        parts = (Part(edit=0, outcome="rejected"), Part(edit=1, outcome="accepted"))
        await ledger.add_ablation(Ablation(round=refused.id, parts=parts))
        accepted, candidate = a_round(2, outcome=Outcome.ACCEPTED)
        await ledger.add_round(accepted, candidate)
        await ledger.finish_run(an_end(run))
        new = candidate.digest if candidate else ""
        move = {"expected_parent": SKILL.digest, "new": new, "run": run.id}
        await ledger.move_head("triage", "/skills/triage/SKILL.md", **move)


async def bring_up_to_date(path: Path) -> None:
    """What opening does with a ledger of an earlier schema."""
    async with SqlLedger.open(path):
        pass


def killed_before(statement: int, path: Path, doing: Work) -> bool:
    """Whether a child that does the work was killed; it was not where the work has fewer."""
    child = os.fork()
    if child == 0:
        seen = 0

        @event.listens_for(Engine, "commit")  # the driver sends that one, with no cursor
        @event.listens_for(Engine, "before_cursor_execute")
        def _count(_connection: Any, _cursor: Any = None, sql: str = "COMMIT", *_more: Any) -> None:
            nonlocal seen
            seen += not sql.lstrip().startswith("SELECT")
            if seen == statement:
                os.kill(os.getpid(), signal.SIGKILL)

        asyncio.run(doing(path))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


async def told(path: Path, doing: Work) -> dict[str, Any]:
    """What the ledger is like after the kill, and after the work was done again."""
    async with SqlLedger.open(path) as ledger:
        after = await ledger.verify()
    await doing(path)
    async with SqlLedger.open(path) as ledger:
        again = await ledger.verify()
        rounds = len(await ledger.rounds("run-1"))
    return {"sound": after.sound, "again": again.sound, "rounds": rounds, "rows": again.rows}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--earlier", type=Path, help="a ledger of an earlier schema")
    parser.add_argument("--every", type=int, default=1, help="try every N-th statement")
    given = parser.parse_args()
    doing = bring_up_to_date if given.earlier else work
    points: list[dict[str, Any]] = []
    gc.freeze()  # else each child copies every page when it looks for garbage
    for statement in itertools.count(1, given.every):
        path = given.folder / str(statement) / "ledger.db"
        path.parent.mkdir(parents=True)
        if given.earlier:
            shutil.copy(given.earlier, path)
        if not killed_before(statement, path, doing):
            break
        points.append(asyncio.run(told(path, doing)))
    print(json.dumps(points))


if __name__ == "__main__":
    main()
