"""Nothing is read from a ledger that has rows outside of its chain.

The chain counts from 1 to the number in the ledger's state. A row before or after that, or beside
another of the same number, is nobody's: `verify` names it, and until it is gone no list, screen or
score may rest on it. The ends of the tables are looked at in every transaction, for that costs some
microseconds; all rows are counted once, when a ledger is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skillopt.adapters.ledger.db.plain_sql import EngineSql, PlainSql, joined
from skillopt.adapters.ledger.schema.names import CHAINED, STATE
from skillopt.errors import LedgerError

if TYPE_CHECKING:
    from sqlalchemy import Connection

# Subqueries one by one: each reads one end of a primary key, however large its table is.
_END = "(SELECT {}(seq) FROM {})"
_COUNT = "(SELECT count(*) FROM {})"
_ENDS = [_END.format(end, table) for table in CHAINED for end in ("min", "max")]
_COUNTS = [_COUNT.format(table) for table in CHAINED]


def only_covered(connection: Connection) -> None:
    """:func:`check_ends` on a connection of SQLAlchemy."""
    check_ends(EngineSql(connection))


def each_once(connection: Connection) -> None:
    """:func:`check_counts` on a connection of SQLAlchemy."""
    check_counts(EngineSql(connection))


def check_ends(sql: PlainSql) -> None:
    """Look at the first and the last row of every table.

    Raises:
        LedgerError: one of them is not in the chain.
    """
    last, *ends = _figures(sql, _ENDS)
    for table, first, final in zip(CHAINED, ends[::2], ends[1::2], strict=True):
        if first is not None and (first < 1 or last is None or final > last):
            stranger = first if first < 1 else final
            raise LedgerError(
                f"row {stranger} of the table {table} is not in the ledger's chain, which has "
                f"the rows 1 to {last}; nothing is read from such a ledger: restore a backup, or "
                "delete the row; `skillopt ledger verify` shows the first bad row"
            )


def check_counts(sql: PlainSql) -> None:
    """Count the rows of all tables.

    Raises:
        LedgerError: there are more or fewer than the chain has.
    """
    last, *counts = _figures(sql, _COUNTS)
    if sum(counts) != last:
        raise LedgerError(
            f"the ledger's tables have {sum(counts)} rows, its chain has {last}; nothing is read "
            "from such a ledger: restore a backup; `skillopt ledger verify` shows the first bad row"
        )


def _figures(sql: PlainSql, asked: list[str]) -> tuple[Any, ...]:
    last = _END.format("max", STATE)
    return sql.rows(joined(("SELECT", ", ".join((last, *asked)))))[0]
