"""One process at a time works on a run: a lock that dies with the process that holds it.

SQLite: a lock of the operating system on a file beside the ledger. PostgreSQL: an advisory lock of
a session that is kept open. Neither expires; both go with their process, but a forked child that
shares the session's socket keeps it open.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from skillopt.adapters.ledger.database import Database
from skillopt.core.value import text_digest
from skillopt.errors import LedgerError, RunHeld

Release = Callable[[], None]

NOTICES_WITHIN = 2
"""Seconds that PostgreSQL is given to find out that a process was killed."""


class Holding:
    """What this ledger object holds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: dict[str, Release] = {}

    def hold(self, name: str) -> None:
        """Hold ``name``, or tell who does.

        Raises:
            RunHeld: another process, or another run of this one, holds it.
            LedgerError: nothing can be locked there.
        """
        if name in self._held:
            raise _held_by("another run of this process")
        path = self._database.path
        lock = _hold_file(path, name) if path else _hold_session(self._database, name)
        self._held[name] = lock

    def release(self, name: str) -> None:
        """Give ``name`` up, if it is held."""
        release = self._held.pop(name, None)
        if release:
            release()

    def close(self) -> None:
        """Give up everything."""
        for name in list(self._held):
            self.release(name)


def _hold_file(ledger: Path, name: str) -> Release:
    from filelock import FileLock, Timeout

    folder = ledger.with_name(f"{ledger.name}.locks")
    path = folder / text_digest(name)[:16]
    # Reentrance by thread would tie the lock to the worker thread that happened to take it.
    lock = FileLock(path, thread_local=False)
    holder = ""
    try:
        folder.mkdir(exist_ok=True)
        if path.exists():
            holder = path.read_text(encoding="utf-8", errors="replace")
        lock.acquire(blocking=False)
        path.write_text(f"process {os.getpid()} on {socket.gethostname()}", encoding="utf-8")
    except Timeout:
        raise _held_by(holder) from None
    except (OSError, NotImplementedError) as error:
        raise LedgerError(
            f"no lock could be taken on {path}: {error}; the ledger's folder must be writable, on "
            "a file system with locks"
        ) from None
    return lock.release


def _hold_session(database: Database, name: str) -> Release:
    key = {"key": int(text_digest(name)[:15], 16)}
    connection = database.connect()
    try:
        # A server takes a moment to notice that the session of a killed process is gone.
        connection.execute(text(f"SET lock_timeout = '{NOTICES_WITHIN}s'"))
        connection.execute(text("SELECT pg_advisory_lock(:key)"), key)
        connection.commit()
    except OperationalError as error:
        connection.rollback()
        holder = connection.execute(_HOLDER, key).scalar_one_or_none()
        connection.close()
        if holder is None:
            raise database.told(error) from error
        raise _held_by(f"session {holder} of the database") from None
    return lambda: _drop(connection, key)


_HOLDER = text(
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted "
    "AND ((classid::bigint << 32) | objid::bigint) = :key LIMIT 1"
)


def _drop(connection: Connection, key: dict[str, int]) -> None:
    try:
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)
    finally:
        connection.invalidate()
        connection.close()


def _held_by(holder: str) -> RunHeld:
    who = holder or "another process"
    return RunHeld(
        f"{who} is at work on this very run; wait for it, or start a run of its own with another "
        "--seed"
    )
