"""A JSONL export as a ledger in a scratch file, so that what verifies ledgers verifies it too.

The author of an export can compute its links; they say that it is whole, not that it is true.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from pydantic import TypeAdapter
from sqlalchemy import Connection, Table, delete, insert, text, update

from skillopt.adapters.ledger.audit.export import read_export
from skillopt.adapters.ledger.db.database import Database
from skillopt.adapters.ledger.index.filing import refill
from skillopt.adapters.ledger.migrations import enter_version, migrate, newest
from skillopt.adapters.ledger.schema import folders, mapping, people
from skillopt.adapters.ledger.schema.chain import GENESIS, next_link
from skillopt.adapters.ledger.schema.mapping import Row
from skillopt.adapters.ledger.schema.tables import (
    ABLATIONS,
    APPROVALS,
    BLOBS,
    CHAINED_TABLES,
    DECISIONS,
    EDITS,
    HEAD_MOVES,
    ROLLOUTS,
    ROUNDS,
    RUN_ENDS,
    RUNS,
    SCHEMA_CHANGES,
    STATE,
    VERSIONS,
)
from skillopt.core.foreign_text import flaw
from skillopt.core.proposals.refusal import Part
from skillopt.errors import InputError, LedgerError

_AT_ONCE = 1000
_BY_NAME = {table.name: table for table in CHAINED_TABLES}
_TIMES = ("created", "started", "finished", "before")
_INT8 = 1 << 63
_LISTS = ("criteria", "sections")
_NAMED = (RUNS, ROUNDS, APPROVALS)
_BELONGS = {
    ROUNDS: ("run", RUNS),
    RUN_ENDS: ("run", RUNS),
    HEAD_MOVES: ("run", RUNS),
    EDITS: ("round", ROUNDS),
    ABLATIONS: ("round", ROUNDS),
    APPROVALS: ("run", RUNS),
    DECISIONS: ("approval", APPROVALS),
}
"""Rows that are entered after what they belong to, and not without it."""
COLUMNS_SINCE = 8
"""The schema that added columns to tables that were there."""
_ADDED = {VERSIONS: ("files",)}
"""They are empty in the rows of an earlier export, which does not name them."""
_TEXTS = TypeAdapter(tuple[str, ...])
_PARTS = TypeAdapter(tuple[Part, ...])


class Staged(NamedTuple):
    """Where the chain of an export ends."""

    head: str
    """Link of its last row."""
    rows: int


def stage(path: Path, database: Database) -> Staged:
    """Write the rows of the export ``path`` into an empty ``database``.

    One of an earlier schema gets the row that a migration enters; it is not among its rows.

    Raises:
        InputError: it is no export, or a row says something that no ledger enters.
        LedgerError: its rows are not the ones that were exported.
    """
    migrate(database)
    connect = database.connect(writes=True)
    with database.telling(), connect as connection, connection.begin():
        connection.execute(delete(SCHEMA_CHANGES))  # the export has its own
        with _opened(path) as lines:
            about, rows = read_export(lines, str(path))
            link, count = _insert(connection, _placed(rows, str(path), about["schema"]))
        if (count, link) != (about["rows"], about["head"]):
            raise LedgerError(f"{path}: {count} rows, but {about['rows']} were exported")
        state = update(STATE).values(ledger=about["ledger"], seq=count, link=link)
        connection.execute(state)
        refill(connection)
        connection.execute(text("INSERT INTO round_search (round_search) VALUES ('rebuild')"))
        if about["schema"] < newest():
            enter_version(connection, new=False)
    return Staged(about["head"], count)


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    """Bytes that are no UTF-8 become what no row may hold."""
    try:
        with path.open(encoding="utf-8", errors="surrogateescape") as lines:
            yield lines
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None


def _insert(connection: Connection, rows: Iterator[tuple[Table, Row]]) -> tuple[str, int]:
    """The last row's link, and how many there were."""
    link, count = GENESIS, 0
    while page := list(islice(rows, _AT_ONCE)):
        by_table: dict[Table, list[Row]] = defaultdict(list)
        for table, row in page:
            by_table[table].append(row)
        for table, own in by_table.items():
            connection.execute(insert(table), own)
        link, count = page[-1][1]["link"], count + len(page)
    return link, count


def _placed(rows: Iterator[dict[str, Any]], name: str, schema: int) -> Iterator[tuple[Table, Row]]:
    link = GENESIS
    known: dict[Table, set[str]] = {table: set() for table in _NAMED}
    for count, row in enumerate(rows, start=1):
        where = f"{name}:{count + 1}"
        kind = row.pop("table", None)
        table = _BY_NAME.get(kind) if isinstance(kind, str) else None
        if table is not None and schema < COLUMNS_SINCE:
            row.update(dict.fromkeys(_ADDED.get(table, ())))
        if table is None or set(row) != set(table.c.keys()):
            raise InputError(f"{where}: not a row of a ledger")
        wrong = flaw(row) or wrong_value(table, row)
        if wrong:
            raise InputError(f"{where}: {wrong}; no ledger exports that")
        if row["seq"] != count or row["link"] != next_link(link, table.name, row):
            raise LedgerError(f"{where}: not the row that was exported here")
        link = row["link"]
        problem = unreadable(table, row) or _dangling(table, row, known)
        if problem:
            raise InputError(f"{where}: {problem}; no ledger exports that")
        if table in known:
            known[table].add(row["id"])
        yield table, row


def _dangling(table: Table, row: Row, known: dict[Table, set[str]]) -> str | None:
    """What the row belongs to, where that is not before it; None where it is."""
    column, owner = _BELONGS.get(table, ("", None))
    if owner is None or row[column] in known[owner]:
        return None
    return f"there is no {column} {row[column][:80]!r} before it"


def wrong_value(table: Table, row: Row) -> str | None:
    """What a column cannot hold, in words; None where every value is of its column's type."""
    for column in table.c:
        value = row[column.name]
        if value is None:
            if not column.nullable:
                return f"`{column.name}` is null"
            continue
        kind = column.type.python_type
        kind = str if kind is object else kind  # SQLModel's type of texts does not say
        # not isinstance: SQLite returns 1.0 where 1 was given, and true is an int
        if type(value) is not kind or not _fits(value):
            return f"`{column.name}` is {str(value)[:80]!r}, which is no {kind.__name__} to store"
        if column.name in _TIMES and not _is_time(value):
            return f"`{column.name}` is {value[:80]!r}, which is no time"
    return None


def unreadable(table: Table, row: Row) -> str | None:
    """Why the row's document or payload cannot be read as what it stands for; None where it can."""
    try:
        _read(table, row)
    except LedgerError as error:
        return str(error)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        first = (str(error).splitlines() or [""])[0][:200]
        return f"its content is not that of a row of `{table.name}` ({first})"
    return None


def _read(table: Table, row: Row) -> None:
    if table is RUNS or table is RUN_ENDS:
        mapping.run_of(row["document"])
    elif table is ROUNDS:
        mapping.round_of(row["document"])
        for column in _LISTS:
            _TEXTS.validate_json(row[column])
    elif table is APPROVALS:
        mapping.round_of(row["document"])
    elif table is DECISIONS:
        people.decision_of(row)
    elif table is VERSIONS:
        folders.files_of(row)
    elif table is BLOBS:
        folders.blob_data(row)
    elif table is ABLATIONS:
        _PARTS.validate_json(row["document"])
    elif row.get("payload") is not None:
        _ = mapping.rollout_of(row) if table is ROLLOUTS else mapping.exchange_of(row)


def _fits(value: str | float) -> bool:
    """Whether every database takes the value and returns the same."""
    match value:
        case str():
            return True
        case float():
            return isfinite(value)
        case _:
            return -_INT8 <= value < _INT8


def _is_time(value: str) -> bool:
    """As :func:`mapping.utc` writes them: compared as text, they sort by time."""
    try:
        return datetime.fromisoformat(value.rstrip("~")).utcoffset() is not None
    except ValueError:
        return False
