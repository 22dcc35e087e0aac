"""What a ledger on PostgreSQL takes on the disk, by table, and what a larger one would take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

_SIZES = """
SELECT c.relname, pg_relation_size(c.oid), pg_indexes_size(c.oid),
       pg_total_relation_size(c.oid) - pg_relation_size(c.oid) - pg_indexes_size(c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname = current_schema() ORDER BY c.relname
"""


class TableSize(NamedTuple):
    """A table's bytes on the disk."""

    name: str
    rows: int
    heap: int
    indexes: int
    aside: int
    """Long texts that are stored apart from their rows (TOAST), and the maps of free space."""

    @property
    def whole(self) -> int:
        return self.heap + self.indexes + self.aside


def table_sizes(url: str) -> list[TableSize]:
    """The tables that have rows, the largest first; ``url`` as psycopg takes it."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(url) as connection:
        connection.execute("ANALYZE")
        found = []
        for name, heap, indexes, aside in connection.execute(_SIZES).fetchall():
            counting = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))
            counted = connection.execute(counting).fetchone()
            assert counted
            found.append(TableSize(name, counted[0], heap, indexes, aside))
    return sorted((one for one in found if one.rows), key=lambda one: -one.whole)


class Step(NamedTuple):
    """A ledger's bytes when it had so many entries."""

    entries: int
    whole: int


def predicted(steps: Sequence[Step], entries: int) -> float:
    """Bytes of a ledger with ``entries``: what each entry added between the last two sizes.

    The difference leaves out what an empty ledger takes already. With one size it is the mean.
    """
    *before, last = steps
    first = before[-1] if before else Step(0, 0)
    each = (last.whole - first.whole) / (last.entries - first.entries)
    return last.whole + each * (entries - last.entries)


def told(sizes: Sequence[TableSize], *, entries: int) -> Iterator[str]:
    """A table of bytes by entry."""
    heads = ("table", "rows", "heap B/entry", "index B/entry", "aside B/entry", "all B/entry")
    yield "  ".join(f"{head:>14}" for head in heads)
    for one in sizes:
        bytes_ = (one.heap, one.indexes, one.aside, one.whole)
        cells = (one.name, f"{one.rows:,}", *(f"{part / entries:,.1f}" for part in bytes_))
        yield "  ".join(f"{cell:>14}" for cell in cells)
