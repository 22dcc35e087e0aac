"""A run is held by one process, and free the moment it dies."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from skillopt.adapters.ledger import SqlLedger
from skillopt.adapters.ledger.locks.run_lock import Holding
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
        assert f"process {holder.pid} on " in str(told.value)
        assert "--seed" in str(told.value)
        await ledger.hold("another run")
        holder.send_signal(signal.SIGKILL)
        await holder.wait()
        await ledger.hold("a run")


FORKING = """
import asyncio, os, signal, sys
from skillopt.adapters.ledger import SqlLedger

async def main():
    async with SqlLedger.open(sys.argv[1]) as ledger:
        await ledger.hold("a run")
        if os.fork() == 0:
            os.write(1, b"%d\\n" % os.getpid())
            signal.pause()
        await asyncio.Event().wait()

asyncio.run(main())
"""


def test_a_forked_child_that_lives_on_does_not_keep_it(where: str) -> None:
    command = [sys.executable, "-c", FORKING, where]
    holder = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert holder.stdout
    child = int(holder.stdout.readline())
    try:
        holder.kill()
        holder.wait()
        os.kill(child, 0)
        asyncio.run(held_once(where))
    finally:
        os.kill(child, signal.SIGKILL)
        holder.stdout.close()


async def held_once(where: str) -> None:
    async with SqlLedger.open(where) as ledger:
        await ledger.hold("a run")


def in_a_child(work: Callable[[], None]) -> int:
    """How a forked child ended that did some work."""
    child = os.fork()
    if child == 0:
        ended = 1
        try:
            work()
            ended = 0
        finally:
            os._exit(ended)
    return os.waitpid(child, 0)[1]


async def test_a_forked_child_that_ends_does_not_give_it_up(where: str) -> None:
    async with SqlLedger.open(where) as ledger, SqlLedger.open(where) as other:
        await ledger.hold("a run")
        assert in_a_child(ledger._holding.close) == 0
        with pytest.raises(RunHeld):
            await other.hold("a run")


async def test_a_task_that_is_cancelled_while_it_takes_it_leaves_it(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, taken = threading.Event(), threading.Event(), threading.Event()
    real = Holding.hold

    def held_up(holding: Holding, name: str) -> None:
        begun.set()
        go_on.wait()
        real(holding, name)
        taken.set()

    monkeypatch.setattr(Holding, "hold", held_up)
    async with SqlLedger.open(where) as ledger:
        taking = asyncio.ensure_future(ledger.hold("a run"))
        await asyncio.to_thread(begun.wait)
        taking.cancel()
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await taking
        await asyncio.to_thread(taken.wait)
        await ledger.hold("a run")


async def test_a_task_that_is_cancelled_gives_up_nothing_of_anothers(where: str) -> None:
    async with SqlLedger.open(where) as ledger:
        await ledger.hold("a run")
        late = asyncio.ensure_future(ledger.hold("a run"))
        asyncio.get_running_loop().call_soon(late.cancel)
        with pytest.raises(asyncio.CancelledError):
            await late
        with pytest.raises(RunHeld):
            await ledger.hold("a run")


async def test_never_two_have_it_while_files_come_and_go(tmp_path: Path) -> None:
    """Twenty times each, eight ledgers take it and give it up; who has it is alone."""
    at_work, most, had = 0, 0, 0

    async def again_and_again() -> None:
        nonlocal at_work, most, had
        async with SqlLedger.open(tmp_path / "ledger.db") as ledger:
            done = 0
            while done < 20:
                try:
                    await ledger.hold("a run")
                except RunHeld:
                    continue
                at_work += 1
                most = max(most, at_work)
                done += 1
                await asyncio.sleep(0)
                at_work -= 1
                await ledger.release("a run")
            had += done

    async with asyncio.TaskGroup() as group:
        for _ in range(8):
            group.create_task(again_and_again())
    assert (most, had) == (1, 160)
    assert list((tmp_path / "ledger.db.locks").iterdir()) == []


async def test_a_link_to_a_ledger_is_that_ledger(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "linked.db"
    async with SqlLedger.open(tmp_path / "ledger.db") as ledger:
        link.symlink_to(tmp_path / "ledger.db")
        async with SqlLedger.open(link) as linked:
            await ledger.hold("a run")
            with pytest.raises(RunHeld):
                await linked.hold("a run")


def by_hand(url: str) -> Connection:
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool
    )
    return engine.connect().execution_options(isolation_level="AUTOCOMMIT")


HOLDERS = "FROM pg_locks WHERE locktype = 'advisory' AND granted"


async def test_a_session_that_was_lost_does_not_spoil_the_end(postgres_url: str) -> None:
    with by_hand(postgres_url) as connection:
        async with SqlLedger.open(postgres_url) as ledger:
            await ledger.hold("a run")
            ended = connection.execute(text(f"SELECT pg_terminate_backend(pid, 5000) {HOLDERS}"))
            assert ended.scalars().all() == [True]
            await ledger.release("a run")
            await ledger.hold("a run")


async def test_a_server_that_ends_idle_sessions_does_not_end_this_one(postgres_url: str) -> None:
    """Every other session of this database is ended after a tenth of a second."""
    with by_hand(postgres_url) as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.execute(text(f"ALTER DATABASE {name} SET idle_session_timeout = '100ms'"))
        async with SqlLedger.open(postgres_url) as ledger:
            await ledger.hold("a run")
            with by_hand(postgres_url) as idle:
                mine = {"pid": idle.execute(text("SELECT pg_backend_pid()")).scalar_one()}
                there = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")
                while connection.execute(there, mine).scalar_one():
                    pass
                idle.invalidate()
            assert connection.execute(text(f"SELECT count(*) {HOLDERS}")).scalar_one() == 1


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
