"""Connections: SQLite in WAL by default, PostgreSQL by URL, and what each needs to be shared.

SQLite transactions that write begin with BEGIN IMMEDIATE: a deferred one that reads before it
writes fails with "database is locked" as soon as there are two processes, whatever the timeout.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from skillopt.adapters.ledger.db import statements
from skillopt.adapters.ledger.db.forked import forked_children_leave
from skillopt.adapters.ledger.db.sqlite_file import PATIENCE, may_write, prepare, read_only
from skillopt.errors import LedgerError, SettingsError

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
    writable = not path.is_file() or may_write(path)
    if not writable:
        name, how = read_only(path)
        url = URL.create("sqlite", database=name, query={"uri": "true", **how})
    engine = create_engine(
        url,
        poolclass=NullPool,
        connect_args=options,
        execution_options={"compiled_cache": statements.SQLITE},
    )

    @event.listens_for(engine, "connect")
    def _prepared(connection: sqlite3.Connection, _record: Any) -> None:
        prepare(connection, writable=writable)

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False) and writable
        begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
        connection.exec_driver_sql(begin)

    return engine


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
