"""Kill a process with SIGKILL before each SQL statement that may write, COMMIT too, and look.

    python -m tests.adapters.ledger.statement_kills FOLDER [--earlier FILE] [--every N]

For each statement a forked child does the same work on a ledger of its own, and dies before that
statement; the ledger is then opened, verified, and the work done to its end. With FILE, a ledger of
an earlier schema, the work is to bring that up to date. One JSON object on stdout. A SELECT is no
such statement: what a kill before it leaves is what one before the next statement leaves.

The tables are made, or changed, in one transaction of dozens of statements. Of those, N asks for
each N-th, beside the first and the last one of each kind.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import shutil
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
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


@contextmanager
def heard(listener: Callable[[str], None]) -> Iterator[None]:
    """Calls ``listener`` with each statement that may write, before it is run."""

    def hear(_connection: Any, _cursor: Any = None, sql: str = "COMMIT", *_more: Any) -> None:
        if not sql.lstrip().startswith("SELECT"):
            listener(sql)

    names = ("commit", "before_cursor_execute")  # the driver commits by itself, with no cursor
    for name in names:
        event.listen(Engine, name, hear)
    yield
    for name in names:
        event.remove(Engine, name, hear)


def kinds(path: Path, doing: Work) -> list[str]:
    """The statements of the work, each as its first two words: `CREATE TABLE`."""
    found: list[str] = []
    with heard(lambda sql: found.append(" ".join(sql.split()[:2]))):
        asyncio.run(doing(path))
    return found


def chosen(statements: list[str], every: int) -> list[int]:
    """Numbers of statements to kill before, from 1: the first transaction's thinned out."""
    first = statements[: statements.index("COMMIT") + 1]
    ends = {first.index(kind) for kind in first}
    ends |= {len(first) - 1 - first[::-1].index(kind) for kind in first}
    thinned = ends.union(range(0, len(first), every))
    return [at + 1 for at in sorted(thinned.union(range(len(first), len(statements))))]


def kill_before(statement: int, path: Path, doing: Work) -> None:
    """Do the work in a child, which dies before that statement."""
    child = os.fork()
    if child == 0:
        seen = 0

        def count(_sql: str) -> None:
            nonlocal seen
            seen += 1
            if seen == statement:
                os.kill(os.getpid(), signal.SIGKILL)

        with heard(count):
            asyncio.run(doing(path))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"the work has no statement {statement}"


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
    parser.add_argument("--every", type=int, default=1, help="of those that make the tables")
    given = parser.parse_args()
    doing = bring_up_to_date if given.earlier else work
    points: list[dict[str, Any]] = []

    def fresh(name: str) -> Path:
        path: Path = given.folder / name / "ledger.db"
        path.parent.mkdir(parents=True)
        if given.earlier:
            shutil.copy(given.earlier, path)
        return path

    statements = kinds(fresh("whole"), doing)
    gc.freeze()  # else each child copies every page when it looks for garbage
    for statement in chosen(statements, given.every):
        path = fresh(str(statement))
        kill_before(statement, path, doing)
        points.append({"before": statements[statement - 1], **asyncio.run(told(path, doing))})
    print(json.dumps(points))


if __name__ == "__main__":
    main()
