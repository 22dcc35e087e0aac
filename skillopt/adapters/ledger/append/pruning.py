"""Taking payload texts away: answers, prompts and replies go, the record of them stays."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Table, func, select, update

from skillopt.adapters.ledger.append.transaction import Entering
from skillopt.adapters.ledger.db.database import Database
from skillopt.adapters.ledger.schema.tables import EXCHANGES, PRUNINGS, ROLLOUTS


def prune(entering: Entering, *, before: str) -> int:
    """Take the payloads of rows entered before a moment, and enter that this was done.

    Args:
        entering: the transaction.
        before: UTC as ISO 8601 text.

    Returns:
        How many payloads were taken.
    """
    entering.write()
    taken = sum(_blanked(entering, table, before) for table in (ROLLOUTS, EXCHANGES))
    if taken:
        row = {"before": before, "place": entering.place, "payloads": taken}
        entering.append(PRUNINGS, row)
    return taken


def prunable(connection: Connection, *, before: str) -> int:
    """How many payloads :func:`prune` would take.

    Args:
        connection: to the ledger.
        before: UTC as ISO 8601 text.
    """
    counts = (
        select(func.count()).select_from(table).where(_old(table, before))
        for table in (ROLLOUTS, EXCHANGES)
    )
    return sum(connection.execute(query).scalar_one() for query in counts)


def _old(table: Table, before: str) -> ColumnElement[bool]:
    return (table.c.created < before) & table.c.payload.is_not(None)


def _blanked(entering: Entering, table: Table, before: str) -> int:
    blanked = update(table).where(_old(table, before)).values(payload=None)
    return entering.connection.execute(blanked).rowcount


def give_back_space(database: Database) -> None:
    """Rewrite a SQLite file without its free pages: what was deleted is then really gone."""
    if not database.is_sqlite:
        return
    with database.telling(), database.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("VACUUM")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
