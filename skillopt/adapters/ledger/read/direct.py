"""A list from a SQLite ledger by the `sqlite3` module alone: what it needs loads in a moment.

Only a ledger that is plainly in order is read so. For anything else (another database, an earlier
schema, a damaged file) there is no answer, and the caller opens it as :class:`SqlLedger` does,
which migrates it or says what is wrong.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from skillopt.adapters.ledger.db.plain_sql import Clause, DirectSql, PlainSql
from skillopt.adapters.ledger.db.sqlite_file import connect, no_ledger
from skillopt.adapters.ledger.read.covered import check_counts, check_ends
from skillopt.adapters.ledger.schema.names import STATE
from skillopt.adapters.ledger.schema.version import newest

T = TypeVar("T")


def read_directly(where: str | Path, ask: Callable[[PlainSql], T]) -> T | None:
    """What ``ask``, which returns something, finds in a ledger; None where it cannot be read so.

    Args:
        where: a path or URL.
        ask: called in one transaction.

    Raises:
        LedgerError: there is no such file, or the ledger has rows outside of its chain.
    """
    if not isinstance(where, Path) and "://" in where:
        return None
    path = Path(where).expanduser()
    if not path.exists():
        raise no_ledger(path)
    if not path.is_file():
        return None
    try:
        with closing(connect(path)) as connection:
            connection.execute("BEGIN")
            sql = DirectSql(connection)
            if not _is_plain(sql):
                return None
            check_ends(sql)
            check_counts(sql)
            return ask(sql)
    except sqlite3.Error:
        return None


def _is_plain(sql: PlainSql) -> bool:
    """A ledger of this schema, whose state is as it was written."""
    columns = "id, schema_version, typeof(ledger), typeof(seq), typeof(link)"
    states = sql.rows(Clause(f"SELECT {columns} FROM {STATE}"))  # noqa: S608 - our own names
    return states == [(1, newest(), "text", "integer", "text")]
