"""How a SQLite ledger is opened: in WAL, or without a journal where it may only be read."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from urllib.parse import quote

from skillopt.errors import LedgerError

PATIENCE = 60.0
"""Seconds to wait for another writer."""


def no_ledger(path: Path) -> LedgerError:
    """There is no such file, where none is to be made."""
    return LedgerError(f"no ledger at {path}; `skillopt tune` creates one, --ledger names another")


def may_write(path: Path) -> bool:
    """Whether this process may write the file, and beside it, as SQLite's journals want it."""
    own = os.access in os.supports_effective_ids
    return all(os.access(each, os.W_OK, effective_ids=own) for each in (path, path.parent))


def read_only(path: Path) -> tuple[str, dict[str, str]]:
    """A file as one that is not written: the name and the parameters of its URI.

    Without a journal nobody else writes it, either.
    """
    journal = path.with_name(f"{path.name}-wal")
    settled = not (journal.exists() and journal.stat().st_size)
    how = {"mode": "ro", **({"immutable": "1"} if settled else {})}
    return f"file:{quote(str(path.absolute()))}", how


def connect(path: Path) -> sqlite3.Connection:
    """A connection to a file that is there, for reading.

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    if may_write(path):
        connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
        prepare(connection, writable=True)
        return connection
    name, how = read_only(path)
    uri = f"{name}?{'&'.join(f'{key}={value}' for key, value in how.items())}"
    connection = sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None)
    prepare(connection, writable=False)
    return connection


def prepare(connection: sqlite3.Connection, *, writable: bool) -> None:
    """What every connection to a ledger begins with."""
    if writable:
        _in_wal(connection)
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA cache_size=-32768")


def _in_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL; processes that open a new file together meet here without a busy handler."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
                return
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
