"""Nothing is read from a ledger that has rows outside of its chain.

The chain counts from 1 to the number in the ledger's state. A row before or after that, or beside
another of the same number, is nobody's: `verify` names it, and until it is gone no list, screen or
score may rest on it. The ends of the tables are looked at in every transaction, for that costs some
microseconds; all rows are counted once, when a ledger is opened.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from skillopt.adapters.ledger.schema.tables import CHAINED_TABLES, STATE
from skillopt.errors import LedgerError

# Subqueries one by one: each reads one end of a primary key, however large its table is.
_ENDS = select(
    select(func.max(STATE.c.seq)).scalar_subquery(),
    *(
        select(end(table.c.seq)).scalar_subquery()
        for table in CHAINED_TABLES
        for end in (func.min, func.max)
    ),
)
_COUNTS = select(
    select(func.max(STATE.c.seq)).scalar_subquery(),
    *(select(func.count()).select_from(table).scalar_subquery() for table in CHAINED_TABLES),
)


def only_covered(connection: Connection) -> None:
    """Look at the first and the last row of every table.

    Raises:
        LedgerError: one of them is not in the chain.
    """
    last, *ends = connection.execute(_ENDS).one()
    for table, first, final in zip(CHAINED_TABLES, ends[::2], ends[1::2], strict=True):
        if first is not None and (first < 1 or last is None or final > last):
            stranger = first if first < 1 else final
            raise LedgerError(
                f"row {stranger} of the table {table.name} is not in the ledger's chain, which has "
                f"the rows 1 to {last}; nothing is read from such a ledger: restore a backup, or "
                "delete the row; `skillopt ledger verify` shows the first bad row"
            )


def each_once(connection: Connection) -> None:
    """Count the rows of all tables.

    Raises:
        LedgerError: there are more or fewer than the chain has.
    """
    last, *counts = connection.execute(_COUNTS).one()
    if sum(counts) != last:
        raise LedgerError(
            f"the ledger's tables have {sum(counts)} rows, its chain has {last}; nothing is read "
            "from such a ledger: restore a backup; `skillopt ledger verify` shows the first bad row"
        )
