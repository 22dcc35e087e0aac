"""A run is held by one process, and free the moment it dies."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.errors import LedgerError, RunHeld
from tests.scripted import ROOT

HOLDER = """
import asyncio, subprocess, sys
from skillopt.adapters.ledger import SqlLedger

async def main():
    async with SqlLedger.open(sys.argv[1]) as ledger:
        await ledger.hold("a run")
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        print(child.pid, flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return str(tmp_path / "ledger.db")


async def test_another_process_is_told_until_the_holder_is_killed(where: str) -> None:
    """Its child lives on, and does not keep the lock."""
    pipe = subprocess.PIPE
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, where, cwd=ROOT, stdin=pipe, stdout=pipe
    )
    assert holder.stdout
    assert await holder.stdout.readline()
    async with SqlLedger.open(where) as ledger:
        with pytest.raises(RunHeld) as told:
            await ledger.hold("a run")
        expected = f"process {holder.pid} on " if "://" not in where else "session "
        assert expected in str(told.value)
        assert "--seed" in str(told.value)
        await ledger.hold("another run")
        holder.send_signal(signal.SIGKILL)
        await holder.wait()
        await ledger.hold("a run")


async def test_two_ledger_objects_of_one_process_are_two(where: str) -> None:
    async with SqlLedger.open(where) as one, SqlLedger.open(where) as other:
        await one.hold("a run")
        with pytest.raises(RunHeld):
            await other.hold("a run")
        await one.aclose()
        await other.hold("a run")


async def test_where_nothing_can_be_locked_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "ledger.db.locks").write_text("a file in the way")
    async with SqlLedger.open(tmp_path / "ledger.db") as ledger:
        with pytest.raises(LedgerError, match=r"ledger\.db\.locks"):
            await ledger.hold("a run")
