"""Can anyone have changed the record? Every row is read again and everything recomputed.

A row that was changed, deleted, inserted or swapped breaks the chain at its place, and a row that
the chain does not cover is named. No chain can show from within that a ledger was rewritten from
some row to its end, links and all: pin a head (:func:`end_of_chain`) in version control for that,
or sign it, and verify against it.
"""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Table,
    select,
    type_coerce,
)

from skillopt.adapters.ledger.audit.contents import Contents
from skillopt.adapters.ledger.audit.derived import Derivation, derivation
from skillopt.adapters.ledger.audit.full_text import index_difference
from skillopt.adapters.ledger.audit.postgresql_schema import postgresql_difference
from skillopt.adapters.ledger.audit.sqlite_schema import (
    sqlite_difference,
    sqlite_disorder,
)
from skillopt.adapters.ledger.index.run_skills import moves_of
from skillopt.adapters.ledger.schema.chain import GENESIS, next_link
from skillopt.adapters.ledger.schema.mapping import Row
from skillopt.adapters.ledger.schema.state import state_of
from skillopt.adapters.ledger.schema.tables import CHAINED_TABLES, STATE
from skillopt.core.value import Value

_AT_ONCE = 500


class Head(Value):
    """Where a chain ends."""

    ledger: str
    """The ledger's name."""
    seq: int
    """Number of the last row; 0 for an empty ledger."""
    link: str
    """64 hex digits that seal every row up to it."""


class BadRow(Value):
    """The first row that disagrees."""

    table: str
    seq: int
    row: str
    """What names it within its table."""
    problem: str
    """One sentence."""


class Verification(Value):
    """What :func:`verify` found."""

    rows: int
    """Rows that agree, from the first on."""
    replayed: int
    """Accepted proposals that make their candidate from their parent again."""
    pruned: int
    """Payloads that a recorded pruning took away."""
    head: Head
    bad: BadRow | None = None

    @property
    def sound(self) -> bool:
        """Nothing disagrees."""
        return self.bad is None


class Placed(NamedTuple):
    """A row and where it stands."""

    seq: int
    table: Table
    row: Row


def end_of_chain(connection: Connection) -> Head:
    """The head: pin its link where the ledger's writers cannot change it.

    Raises:
        LedgerError: the ledger has no state, or several.
    """
    state = state_of(connection)
    return Head(ledger=state["ledger"], seq=state["seq"], link=state["link"])


def verify(
    connection: Connection, *, pinned: str | None = None, signed: int | None = None
) -> Verification:
    """Read the whole ledger and recompute it.

    Args:
        connection: in one transaction, so that a writer at work does not disturb.
        pinned: a head's link from earlier; it must still be one of the chain's links.
        signed: number of the last row that somebody has signed for; none may come after it.

    Raises:
        LedgerError: the ledger has no state, or several.
    """
    state = state_of(connection)
    check = _Check(connection, state, pinned=pinned, signed=signed)
    with _any_text(connection):
        bad = _schema(connection, check.head) or check.chain()
    return Verification(
        rows=check.rows,
        replayed=check.contents.replayed,
        pruned=check.contents.pruned,
        head=check.head,
        bad=bad,
    )


def _schema(connection: Connection, head: Head) -> BadRow | None:
    """Tables, indexes, views and triggers are those of a ledger: others could change an answer."""
    of_dialect = sqlite_difference if connection.dialect.name == "sqlite" else postgresql_difference
    difference = of_dialect(connection)
    if difference is None:
        return None
    return BadRow(table="schema", seq=head.seq, row=difference[0], problem=difference[1])


def _disorder(connection: Connection, head: Head) -> BadRow | None:
    """The indexes have what the tables have. PostgreSQL lets nobody write to an index."""
    found = sqlite_disorder(connection) if connection.dialect.name == "sqlite" else None
    if found is None:
        return None
    problem = (
        f"its tables and indexes disagree: {found}; restore a backup, or rebuild them (REINDEX)"
    )
    return BadRow(table="file", seq=head.seq, row="sqlite", problem=problem)


@contextmanager
def _any_text(connection: Connection) -> Iterator[None]:
    """Text that is no UTF-8 is read, so that its row can be named; SQLite's driver refuses it."""
    raw = connection.connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        yield
        return
    strict, raw.text_factory = raw.text_factory, _decoded
    try:
        yield
    finally:
        raw.text_factory = strict


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")


class _Check:
    """What is known while the rows go by."""

    def __init__(
        self, connection: Connection, state: Row, *, pinned: str | None, signed: int | None
    ) -> None:
        self.rows = 0
        self.head = Head(ledger=state["ledger"], seq=state["seq"], link=state["link"])
        self.contents = Contents(connection, rows=self.head.seq)
        self._connection = connection
        self._state = state
        self._pinned = pinned
        self._signed = signed
        self._link = GENESIS
        self._pin_seen = pinned in (None, GENESIS)

    def chain(self) -> BadRow | None:
        """Every row of the chain, then where it ends, then what follows from it."""
        with derivation(moves_of(self._connection)) as derived:
            for placed in in_order(self._connection):
                problem = self._place(placed) or self.contents.check(placed.table, placed.row)
                if problem:
                    return _bad(placed, problem)
                self._link = placed.row["link"]
                self._pin_seen = self._pin_seen or self._link == self._pinned
                self.rows += 1
                derived.see(placed.table, placed.row)
            problem = self._ends()
            if problem:
                return BadRow(table=STATE.name, seq=self.head.seq, row="1", problem=problem)
            return self._follows(derived) or _disorder(self._connection, self.head)

    def _follows(self, derived: Derivation) -> BadRow | None:
        difference = derived.first_difference(self._connection)
        if difference is None:
            indexed = index_difference(self._connection)
            difference = ("round_search", indexed) if indexed else None
        if difference is None:
            return None
        table, row = difference
        problem = "it does not follow from the chain, or is missing; the chain itself is sound"
        return BadRow(table=table, seq=self.head.seq, row=row, problem=problem)

    def _place(self, placed: Placed) -> str | None:
        """Its number follows, and its link seals it and what was before."""
        if not 1 <= placed.seq <= self.head.seq:
            return f"no entry of the chain covers it: that has the rows 1 to {self.head.seq}"
        if placed.seq != self.rows + 1:
            if placed.seq <= self.rows:
                return f"there are two rows with the number {placed.seq}"
            return f"row {self.rows + 1} is missing; the next one is {placed.seq}"
        if self._signed is not None and placed.seq > self._signed:
            return f"it was entered after the signed head, which ends with row {self._signed}"
        try:
            link = next_link(self._link, placed.table.name, placed.row)
        except (TypeError, ValueError):
            return "it has a value that is no text, number or truth value"
        return None if placed.row["link"] == link else "its content or position was changed"

    def _ends(self) -> str | None:
        """The chain ends where the ledger says it does."""
        if self.head.seq != self.rows or self.head.link != self._link:
            return f"the ledger's last row is {self.head.seq}, the chain ends at {self.rows}"
        problem = self.contents.ends(self._state)
        if problem is None and not self._pin_seen:
            return f"the pinned head {self._pinned} is not in the chain: rows were rewritten since"
        return problem


def in_order(connection: Connection) -> Iterator[Placed]:
    """All rows of the chain, by number."""
    return heapq.merge(
        *(_rows(connection, table) for table in CHAINED_TABLES), key=lambda placed: placed.seq
    )


def _rows(connection: Connection, table: Table) -> Iterator[Placed]:
    """A table's rows by number, fetched piece by piece: the whole ledger need not fit in memory.

    All of them: whatever a query could read is looked at, whether the chain has it or not.
    """
    page, truths = _page(table)
    query = page
    while True:
        rows: list[Any] = list(connection.execute(query).mappings())
        for found in rows:
            row = dict(found)
            for name in truths:
                row[name] = _TRUTHS.get(row[name], row[name])
            yield Placed(row["seq"], table, row)
        if len(rows) < _AT_ONCE:
            return
        query = page.where(table.c.seq > rows[-1]["seq"])


@cache
def _page(table: Table) -> tuple[Select[Any], tuple[str, ...]]:
    """The query for a table's first rows, and which of the columns hold truth values."""
    columns = [_as_stored(column) for column in table.columns]
    truths = tuple(column.name for column in table.columns if isinstance(column.type, Boolean))
    return select(*columns).order_by(table.c.seq).limit(_AT_ONCE), truths


_TRUTHS = {0: False, 1: True}
"""As SQLite stores them. Anything else, which its driver would take for true, stays what it is."""


def _as_stored(column: ColumnElement[Any]) -> ColumnElement[Any]:
    as_number = isinstance(column.type, Boolean)
    return type_coerce(column, Integer).label(column.key) if as_number else column


def _bad(placed: Placed, problem: str) -> BadRow:
    names = ("id", "digest", "run", "round", "ledger", "seq")
    name = next(str(placed.row[name]) for name in names if name in placed.row)
    return BadRow(table=placed.table.name, seq=placed.seq, row=name, problem=problem)
