"""Taking payload texts away: answers, prompts and replies go, the record of them stays."""

from __future__ import annotations

from sqlalchemy import Table, update

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


def _blanked(entering: Entering, table: Table, before: str) -> int:
    old = (table.c.created < before) & table.c.payload.is_not(None)
    return entering.connection.execute(update(table).where(old).values(payload=None)).rowcount


def give_back_space(database: Database) -> None:
    """Rewrite a SQLite file without its free pages: what was taken away is then really gone."""
    if not database.is_sqlite:
        return
    with database.telling(), database.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("VACUUM")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
