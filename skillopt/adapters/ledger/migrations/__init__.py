"""Migrations: numbered SQL files, applied on open, all in one transaction.

`NNNN.sql` holds what both databases understand (`SEQ` stands for the type of a row's number; an
empty line ends a statement), `NNNN.sqlite.sql` and `NNNN.postgresql.sql` what only one does. A file
that was released is never changed.

A new ledger is made from `newest.sql` in one step: a new migration changes that file, too. Tests
compare it with what the migrations make, and with the models.
"""

from __future__ import annotations

import re
import secrets
import sqlite3
import time
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

from sqlalchemy import Connection, func, insert, inspect, select, text, update

from skillopt.adapters.ledger.append.transaction import Entering
from skillopt.adapters.ledger.db.database import Database
from skillopt.adapters.ledger.index import filing
from skillopt.adapters.ledger.schema.chain import GENESIS
from skillopt.adapters.ledger.schema.mapping import utc
from skillopt.adapters.ledger.schema.state import state_of
from skillopt.adapters.ledger.schema.tables import SCHEMA_CHANGES, STATE
from skillopt.adapters.ledger.schema.version import newest as newest
from skillopt.errors import LedgerError, LedgerTooNew

_OURS = frozenset({"runs", "rounds", "rollouts", "versions", "edits", "exchanges"})
_RECALLS = 6
"""The first schema that files refusals as they are filed today; those of an earlier ledger are
filed again."""
_LOCK = 0x736B6C6C
"""PostgreSQL's advisory lock while a schema is made: there is no table yet to lock."""


def migrate(database: Database) -> None:
    """Bring the schema to this version; nothing happens where it is there already.

    Raises:
        LedgerTooNew: a newer skillopt has written it.
        LedgerError: it is some other database.
    """
    with database.connect() as connection, database.telling():
        version = schema_version(connection, database.name)
    if version == newest():
        return
    backup = _backed_up(database, version) if version else None
    with database.connect(writes=True) as connection, database.telling(), connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        present = schema_version(connection, database.name)
        for statement in _missing(present, connection.dialect.name):
            connection.exec_driver_sql(statement)
        if 0 < present < _RECALLS:
            filing.refill(connection)
        if present < newest():
            enter_version(connection, new=present == 0)
    if backup is not None and present == newest():
        backup.unlink(missing_ok=True)


def enter_version(connection: Connection, *, new: bool) -> None:
    """Put name and schema of the ledger into its state, and into the chain.

    Args:
        connection: in a transaction that writes.
        new: the ledger gets its name, too.
    """
    if new:
        first = {"id": 1, "ledger": secrets.token_hex(8), "seq": 0, "link": GENESIS}
        connection.execute(insert(STATE).values(schema_version=newest(), **first))
    else:
        connection.execute(update(STATE).values(schema_version=newest()))
    entering = Entering(connection, now=utc(time.time()))
    row = {"ledger": state_of(connection)["ledger"], "version": newest()}
    entering.append(SCHEMA_CHANGES, row)
    entering.write()


def schema_version(connection: Connection, name: str) -> int:
    """The version of the schema that is there; 0 for an empty database.

    Raises:
        LedgerTooNew: a newer skillopt has written it.
        LedgerError: it is some other database, or its state was changed by hand.
    """
    tables = set(inspect(connection).get_table_names())
    if STATE.name not in tables:
        foreign = sorted(tables & _OURS) or (
            sorted(tables)[:3] if connection.dialect.name == "sqlite" else []
        )
        if foreign:
            raise LedgerError(
                f"{name} is not a skillopt ledger (it has the tables "
                f"{', '.join(foreign)}); choose another file with --ledger"
            )
        return 0
    version: int = state_of(connection)["schema_version"]
    if version > newest():
        raise LedgerTooNew(
            f"{name} has schema version {version}, this skillopt knows {newest()}; "
            "upgrade: pip install --upgrade skillopt-ledger"
        )
    if version < newest() and SCHEMA_CHANGES.name in tables:
        known = connection.execute(select(func.max(SCHEMA_CHANGES.c.version))).scalar()
        if known is not None and known > version:
            raise LedgerError(
                f"{name}: the table ledger_state says schema {version}, the chain {known}: it was "
                "changed by hand; restore a backup"
            )
    return version


def _missing(present: int, dialect: str) -> Iterator[str]:
    """The statements that bring a schema to the newest one."""
    if not present:
        yield from new_ledger(dialect)
        return
    for number in range(present + 1, newest() + 1):
        yield from statements(number, dialect)


def new_ledger(dialect: str) -> tuple[str, ...]:
    """The statements that make the newest schema in an empty database."""
    return _script("newest", dialect)


def statements(number: int, dialect: str) -> tuple[str, ...]:
    """The statements of one migration."""
    return _script(f"{number:04}", dialect)


@cache
def _script(stem: str, dialect: str) -> tuple[str, ...]:
    found: list[str] = []
    for name in (f"{stem}.sql", f"{stem}.{dialect}.sql"):
        entry = files(__name__).joinpath(name)
        if entry.is_file():
            seq = "INTEGER" if dialect == "sqlite" else "BIGINT"
            script = re.sub(r"\bSEQ\b", seq, entry.read_text(encoding="utf-8"))
            script = re.sub(r"(?m)^--.*\n?", "", script)
            found += [part.strip() for part in re.split(r";\n(?:\n|\Z)", script) if part.strip()]
    return tuple(found)


def _backed_up(database: Database, version: int) -> Path | None:
    """A copy of a SQLite file beside it, taken before its schema changes."""
    if database.path is None:
        return None
    name = f"{database.path.name}.schema-{version}-{secrets.token_hex(2)}.bak"
    backup = database.path.with_name(name)
    source, copy = sqlite3.connect(database.path), sqlite3.connect(backup)
    try:
        source.backup(copy)
    finally:
        copy.close()
        source.close()
    return backup
