"""What waits on a text that its file no longer holds: the run does not go on from there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from skillopt.adapters.files.skill_file import held_digest
from skillopt.app.records import recorded_skill
from skillopt.core.history.run import RunRecord

if TYPE_CHECKING:
    from skillopt.adapters.ledger import SqlLedger


CLOSE = "refuse the proposal to close it, or put the earlier text back"
"""What a person can do about it."""


async def outdated(run: RunRecord) -> str:
    """Why `tune` does not go on with a run; empty where it does, or nobody here can know.

    A file that is put back makes it go on again, so this is looked up and not kept.
    """
    return await asyncio.to_thread(_outdated, run)


async def outdated_runs(ledger: SqlLedger, runs: Iterable[str]) -> dict[str, str]:
    """The same of several runs, by their whole ids; those that go on are left out."""
    records = await ledger.run_records(sorted(set(runs)))
    told = {record.id: await outdated(record) for record in records}
    return {run: why for run, why in told.items() if why}


def _outdated(run: RunRecord) -> str:
    file = recorded_skill(run)
    held = None if file is None else held_digest(file)
    if not held or held in (run.first, run.last):
        return ""
    return f"{file} has changed since the run started; `skillopt tune` starts a new one on its text"
