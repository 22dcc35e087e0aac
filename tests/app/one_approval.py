"""One tuning with approval, as a process that kills itself: `... FOLDER POINT`.

POINT is a method of the ledger, after which the process dies: whatever it has entered is there.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import skillopt
from skillopt.adapters.ledger import SqlLedger
from skillopt.adapters.models.own import CallableModel
from tests.scripted import agent, draft, insert, proposing, tasks

WORDS = "- roses: garden\n- lawn: garden\n- hedge: garden\n- soil: garden\n"


class Dying(SqlLedger):
    """Kills its process after one of its methods."""

    point = ""

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        return _then_dies(found) if name == Dying.point else found


def _then_dies(method: Any) -> Any:
    async def dies(*arguments: Any, **named: Any) -> None:
        await method(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    return dies


def options(folder: Path, ledger: SqlLedger | Path) -> dict[str, Any]:
    """Of the tuning, the same in every process."""
    return {
        "skill": folder / "SKILL.md",
        "validation_set": tasks(),
        "target": agent,
        "identity": "desks",
        "optimizer": CallableModel(proposing(draft(insert(WORDS))), identity="scripted"),
        "ledger": ledger,
        "deterministic": True,
        "health_check": False,
        "rounds": 1,
        "approve": True,
    }


async def main() -> None:
    folder, Dying.point = Path(sys.argv[1]), sys.argv[2]
    async with Dying.open(folder / "ledger.db") as ledger:

        async def decide(_run: str, entry: str) -> None:
            await skillopt.aapprove(entry, by="Ana", ledger=ledger)

        await skillopt.atune(**options(folder, ledger), on_waiting=decide)


if __name__ == "__main__":
    asyncio.run(main())
