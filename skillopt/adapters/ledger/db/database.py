"""Connections: SQLite in WAL by default, PostgreSQL by URL, and what each needs to be shared.

SQLite transactions that write begin with BEGIN IMMEDIATE: a deferred one that reads before it
writes fails with "database is locked" as soon as there are two processes, whatever the timeout.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from skillopt.adapters.ledger.db.forked import forked_children_leave
from skillopt.errors import LedgerError, SettingsError

PATIENCE = 60.0
"""Seconds to wait for another writer."""

_WRITES = "skillopt_writes"


class Database:
    """Where a ledger is kept."""

    def __init__(self, where: str | Path) -> None:
        self.url = _url(where)
        self.name = self.url.render_as_string(hide_password=True)
        self.path = Path(self.url.database or "") if self.is_sqlite else None
        if self.path is not None:
            self.name = str(self.path)
        self._engine = _engine(self.url)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a SQLite file."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.url.get_backend_name()

    def connect(self, *, writes: bool = False) -> Connection:
        """A connection of its own; transactions of one that writes wait for other writers at once.

        Raises:
            LedgerError: there is no database, or it is none.
        """
        with self.telling():
            connection = self._engine.connect()
            return connection.execution_options(**{_WRITES: writes})

    def close(self) -> None:
        """Give up what the engine holds."""
        self._engine.dispose()

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Turn what the driver raises into a :class:`LedgerError` that says what to do."""
        try:
            yield
        except DBAPIError as error:
            raise self.told(error) from error

    def told(self, error: Exception) -> Exception:
        """What the driver raised as a :class:`LedgerError`; anything else as it is."""
        return LedgerError(self._message(error)) if isinstance(error, DBAPIError) else error

    def _message(self, error: DBAPIError) -> str:
        text = str(error.orig).strip()
        lowered = text.lower()
        if "not a database" in lowered:
            return f"{self.name} is not a SQLite database; name another file with --ledger"
        if "malformed" in lowered:
            return (
                f"{self.name} is damaged ({text}); restore a backup, or save what can be read with "
                "`sqlite3 FILE .recover`"
            )
        if "readonly" in lowered:
            return f"{self.name} is read-only; nothing can be entered in it"
        if "unable to open" in lowered:
            return f"{self.name} cannot be opened ({text}); check the folder and its permissions"
        return f"ledger {self.name}: {text}"


def _url(where: str | Path) -> URL:
    text = str(where)
    if isinstance(where, Path) or "://" not in text:
        return URL.create("sqlite", database=str(Path(text).expanduser()))
    try:
        url = make_url(text)
    except ArgumentError:
        raise SettingsError("the ledger's URL cannot be read; write postgresql://...") from None
    backend = url.drivername.split("+")[0]
    if backend in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    if backend == "sqlite" and url.database and url.database != ":memory:":
        return URL.create("sqlite", database=url.database)
    shown = url.render_as_string(hide_password=True)
    raise SettingsError(f"ledger {shown}: only file paths and postgresql:// URLs are supported")


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    try:
        engine = create_engine(url, poolclass=NullPool)
    except ModuleNotFoundError:
        raise LedgerError(
            "PostgreSQL needs its driver: pip install 'skillopt-ledger[postgres]'"
        ) from None
    forked_children_leave(engine)
    return engine


def _sqlite_engine(url: URL) -> Engine:
    options = {"isolation_level": None, "timeout": PATIENCE, "check_same_thread": False}
    path = Path(url.database or "")
    read_only = path.is_file() and not _may_write(path)
    if read_only:
        url = _read_only(path)
    engine = create_engine(url, poolclass=NullPool, connect_args=options)

    @event.listens_for(engine, "connect")
    def _prepared(connection: sqlite3.Connection, _record: Any) -> None:
        if not read_only:
            _in_wal(connection)
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA cache_size=-32768")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False) and not read_only
        begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
        connection.exec_driver_sql(begin)

    return engine


def _may_write(path: Path) -> bool:
    """Whether this process may write the file, and beside it, as SQLite's journals want it."""
    own = os.access in os.supports_effective_ids
    return all(os.access(each, os.W_OK, effective_ids=own) for each in (path, path.parent))


def _read_only(path: Path) -> URL:
    """A file as one that is not written; without a journal nobody else writes it, either."""
    journal = path.with_name(f"{path.name}-wal")
    settled = not (journal.exists() and journal.stat().st_size)
    how = {"uri": "true", "mode": "ro", **({"immutable": "1"} if settled else {})}
    return URL.create("sqlite", database=f"file:{quote(str(path.absolute()))}", query=how)


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


def set_durable(connection: Connection, *, durable: bool) -> None:
    """Whether the next commit waits for the disk. SQLite only; PostgreSQL always waits."""
    if connection.dialect.name == "sqlite":
        level = "FULL" if durable else "NORMAL"
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.execute(f"PRAGMA synchronous={level}")


def is_locked(error: Exception) -> bool:
    """Whether another writer was in the way for longer than the driver waits."""
    return isinstance(error, OperationalError) and "locked" in str(error.orig)
