"""Taking in another ledger's rows: their provenance is kept, and nothing is entered twice.

A row that is taken in keeps the time it was entered at first, and names the ledger it was entered
in as its origin. Payloads that were pruned there stay pruned. Heads of files are the other place's
own business and are kept as record only.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Table, select, tuple_

from skillopt.adapters.ledger.append.transaction import Entering
from skillopt.adapters.ledger.audit.staging import stage
from skillopt.adapters.ledger.audit.verification import in_order, verify
from skillopt.adapters.ledger.db.database import Database
from skillopt.adapters.ledger.migrations import newest, schema_version
from skillopt.adapters.ledger.schema.mapping import Row
from skillopt.adapters.ledger.schema.tables import (
    ABLATIONS,
    APPROVALS,
    BLOBS,
    DECISIONS,
    EDITS,
    EXCHANGES,
    HEAD_MOVES,
    IMPORTS,
    PRUNINGS,
    ROLLOUTS,
    ROUNDS,
    RUN_ENDS,
    RUNS,
    SKILL_MOVES,
    VERSIONS,
)
from skillopt.core.value import Value
from skillopt.errors import InputError, LedgerError

AT_ONCE = 1000
"""Rows of one transaction: other writers wait no longer than that."""

_NAMES: Mapping[Table, tuple[str, ...]] = {
    RUNS: ("id",),
    RUN_ENDS: ("run", "document"),
    VERSIONS: ("digest",),
    BLOBS: ("digest",),
    ROLLOUTS: ("key", "attempt"),
    EXCHANGES: ("run", "key", "prompt_digest"),
    ROUNDS: ("id",),
    EDITS: ("round", "number"),
    HEAD_MOVES: ("skill_name", "path", "parent", "new", "run"),
    ABLATIONS: ("round", "document"),
    SKILL_MOVES: ("created", "old", "new"),
    APPROVALS: ("id",),
    DECISIONS: ("approval",),
}
"""What makes two rows of a table the same. The other tables tell of the other ledger itself."""
_DECIDED = ("kind", "person", "reason", "candidate")
"""What makes two decisions the same."""


class Imported(Value):
    """What was taken in."""

    ledger: str
    """The other ledger's name."""
    head: str
    """Link of its last row."""
    rows: int
    """Rows it has."""
    new: int
    """Rows that were not here before."""


class Source(NamedTuple):
    """Another ledger, found sound."""

    ledger: str
    head: str
    rows: Iterator[tuple[Table, Row]]


def read_source(where: str | Path) -> AbstractContextManager[Source]:
    """Another ledger by file or URL, or a JSONL export, open while the block runs.

    Raises:
        InputError: it is no export of this schema.
        LedgerError: it is not there, of an earlier schema, or does not verify.
    """
    exported = Path(where).suffix in {".jsonl", ".json"}
    return read_jsonl(Path(where)) if exported else read_database(where)


@contextmanager
def read_database(where: str | Path) -> Iterator[Source]:
    """Another ledger, open while the block runs.

    Raises:
        LedgerError: it is not there, of an earlier schema, or does not verify.
    """
    database = Database(where)
    if database.path is not None and not database.path.exists():
        raise LedgerError(f"no ledger at {database.path}")
    with _verified(database, database.name) as source:
        yield source


@contextmanager
def read_jsonl(path: Path) -> Iterator[Source]:
    """A JSONL export, open while the block runs; it is verified as a ledger is.

    Raises:
        InputError: it is no export.
        LedgerError: its rows are not the ones that were exported, or do not verify.
    """
    if not path.is_file():
        raise InputError(f"no such file: {path}; make one with `skillopt ledger export`")
    with tempfile.TemporaryDirectory(prefix="skillopt-import-") as folder:
        database = Database(Path(folder) / "ledger.db")
        staged = stage(path, database)
        with _verified(database, str(path)) as source:
            yield Source(source.ledger, staged.head, islice(source.rows, staged.rows))


@contextmanager
def _verified(database: Database, name: str) -> Iterator[Source]:
    with (
        closing(database),
        database.telling(),
        database.connect() as connection,
        connection.begin(),
    ):
        if schema_version(connection, name) != newest():
            raise LedgerError(
                f"{name} has an earlier schema; `skillopt ledger verify --ledger {name}` "
                "brings it up to date"
            )
        found = verify(connection)
        if found.bad is not None:
            raise LedgerError(
                f"{name} does not verify: {found.bad.table} {found.bad.seq}: "
                f"{found.bad.problem}; nothing was imported"
            )
        rows = ((placed.table, placed.row) for placed in in_order(connection))
        yield Source(found.head.ledger, found.head.link, rows)


def pages(source: Source) -> Iterator[list[tuple[Table, Row]]]:
    """The rows in portions of one transaction each."""
    while page := list(islice(source.rows, AT_ONCE)):
        yield page


def take_in(entering: Entering, *, ledger: str, page: Sequence[tuple[Table, Row]]) -> int:
    """Enter the rows of a page that are not here; how many those were."""
    new = pruned = 0
    newest_pruned = ""
    wanted = [placed for placed in page if placed[0] in _NAMES]
    _check_decisions(entering, [row for table, row in wanted if table is DECISIONS])
    there = _there(entering, wanted)
    for table, row in wanted:
        name = _name(table, row)
        if name in there[table]:
            continue
        there[table].add(name)
        taken = {
            name: value for name, value in row.items() if name not in ("seq", "link", "origin")
        }
        entering.append(table, taken, origin=row["origin"] or ledger)
        new += 1
        if "payload" in row and row["payload"] is None:
            pruned += 1
            newest_pruned = max(newest_pruned, row["created"])
    if pruned:
        # `before` is exclusive, so one character more than the newest of them
        record = {"before": f"{newest_pruned}~", "place": entering.place, "payloads": pruned}
        entering.append(PRUNINGS, record, origin=ledger)
    return new


def _check_decisions(entering: Entering, rows: Sequence[Row]) -> None:
    """Check that nobody has decided otherwise here: both cannot hold.

    Raises:
        LedgerError: somebody has.
    """
    for row in rows:
        query = select(DECISIONS).where(DECISIONS.c.approval == row["approval"])
        here = entering.first_of(query)
        if here and any(here[name] != row[name] for name in _DECIDED):
            raise LedgerError(
                f"proposal {row['approval']} was {row['kind']} by {row['person']} there and "
                f"{here['kind']} by {here['person']} here; both decisions cannot be in one ledger: "
                "keep the two apart"
            )


def enter_import(entering: Entering, *, ledger: str, head: str, new: int) -> None:
    """Enter that another ledger was taken in, where it brought anything."""
    if new:
        entering.append(IMPORTS, {"ledger": ledger, "head": head, "rows": new})


def _there(
    entering: Entering, page: Sequence[tuple[Table, Row]]
) -> dict[Table, set[tuple[Any, ...]]]:
    """The names of those rows of a page that are here already."""
    wanted: dict[Table, list[tuple[Any, ...]]] = defaultdict(list)
    for table, row in page:
        wanted[table].append(_name(table, row))
    there: dict[Table, set[tuple[Any, ...]]] = {}
    for table, names in wanted.items():
        columns = [table.c[name] for name in _NAMES[table]]
        query = select(*columns).where(tuple_(*columns).in_(names))
        there[table] = {tuple(row) for row in entering.connection.execute(query)}
    return there


def _name(table: Table, row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in _NAMES[table])
