"""What SQLite says a ledger is made of: compared with a new ledger's, made in memory."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Connection, text

from skillopt.adapters.ledger.migrations import new_ledger

_STATISTICS = frozenset({("table", "sqlite_stat1"), ("table", "sqlite_stat4")})
"""What ANALYZE leaves: it picks indexes and changes no answer."""
_OBJECTS = """SELECT type, name, tbl_name, CASE
    WHEN name LIKE 'round|_search|_%' ESCAPE '|'
    THEN (SELECT group_concat(name || ' ' || hidden) FROM pragma_table_xinfo(object.name))
    ELSE sql END
    FROM sqlite_master AS object"""
"""Each SQLite makes the tables of full-text search in its own words: their columns count."""

_QUOTED = re.compile(r'"([a-z_]+)"')
"""A name in quotation marks; anything else in them would be a text."""

Objects = dict[tuple[str, str, str], str]
"""Type, name and table of what there is, and how it was made."""


def sqlite_difference(connection: Connection) -> tuple[str, str] | None:
    """The first thing that is missing, changed or not the ledger's own: what it is, and how."""
    there, wanted = _objects(connection.execute(text(_OBJECTS))), _new_ledger()
    for kind, name, table in sorted(wanted.keys() | there.keys()):
        thing = (kind, name, table)
        if thing not in there:
            return f"{kind} {name}", "it is missing"
        if thing not in wanted:
            return f"{kind} {name}", f"it is not a part of a ledger, and was added to {table}"
        if there[thing] != wanted[thing]:
            return f"{kind} {name}", "it is not made as skillopt makes it"
    return None


@cache
def _new_ledger() -> Objects:
    made = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for statement in new_ledger("sqlite"):
            made.execute(statement)
        return _objects(made.execute(_OBJECTS))
    finally:
        made.close()


def _objects(found: Iterable[Any]) -> Objects:
    return {
        # A table that was renamed has its name in quotation marks, or has not.
        (kind, name, table): _QUOTED.sub(r"\1", str(made or ""))
        for kind, name, table, made in found
        if (kind, name) not in _STATISTICS
    }


def sqlite_disorder(connection: Connection) -> str | None:
    """What SQLite finds wrong in the file, its indexes above all; None for nothing.

    A query may read a row by way of an index, or from the index alone, where `verify` reads the
    table: both have to say the same.
    """
    found = connection.exec_driver_sql("PRAGMA main.integrity_check(1)").scalar_one()
    return None if found == "ok" else str(found)
