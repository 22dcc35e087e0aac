"""An advisory lock of a PostgreSQL session that is kept open."""

from __future__ import annotations

import contextlib

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from skillopt.adapters.ledger.db.database import Database
from skillopt.adapters.ledger.locks.process_name import UNKNOWN, has_died_here, this_process

NOTICES_WITHIN = 2
"""Seconds that the server is given to find out that a process of this host was killed."""

_PREPARED = (
    # A session with nothing to do stays, and one whose machine is gone ends within half a minute.
    # By way of pg_settings, because not every server has every setting.
    text(
        "SELECT set_config(name, wanted, false) FROM pg_settings JOIN (VALUES "
        "('idle_session_timeout', '0'), ('tcp_keepalives_idle', '15'), "
        "('tcp_keepalives_interval', '5'), ('tcp_keepalives_count', '3')) "
        "AS want (name, wanted) USING (name)"
    ),
    text(f"SET lock_timeout = '{NOTICES_WITHIN}s'"),
)
_NAMED = text("SELECT set_config('application_name', :name, false)")
_TAKEN = text("SELECT pg_try_advisory_lock(:key)")
_AWAITED = text("SELECT pg_advisory_lock(:key)")
_HOLDER = text(
    "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) "
    "WHERE locktype = 'advisory' AND granted AND objsubid = 1 "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND ((classid::bigint << 32) | objid::bigint) = :key LIMIT 1"
)


class SessionHold:
    """A lock of a session of its own, which bears the holder's name."""

    def __init__(self, database: Database, key: int) -> None:
        self._database = database
        self._key = {"key": key}
        self._connection: Connection | None = None
        self._holder: str | None = None

    def take(self) -> bool:
        """Whether it is taken now.

        Raises:
            LedgerError: the server does not do it.
        """
        connection = self._database.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            with self._database.telling():
                taken = self._taken(connection)
        except BaseException:
            _ended(connection)
            raise
        if taken:
            self._connection = connection
        else:
            _ended(connection)
        return taken

    def holder(self) -> str | None:
        """The name of the session that had it."""
        return self._holder

    def give_up(self) -> None:
        """End the session, and the lock with it."""
        assert self._connection is not None
        _ended(self._connection)

    def _taken(self, connection: Connection) -> bool:
        for statement in _PREPARED:
            connection.execute(statement)
        connection.execute(_NAMED, {"name": this_process()})
        if connection.execute(_TAKEN, self._key).scalar_one():
            return True
        found = connection.execute(_HOLDER, self._key).first()
        self._holder = (found[0] or UNKNOWN) if found else None
        if self._holder is None or not has_died_here(self._holder):
            return False
        # The server takes a moment to notice that the session of a killed process is gone.
        with contextlib.suppress(DBAPIError):
            connection.execute(_AWAITED, self._key)
            return True
        return False


def _ended(connection: Connection) -> None:
    """A session that is lost already is as good as ended: the run's end is not spoilt by it."""
    with contextlib.suppress(DBAPIError):
        connection.invalidate()
    connection.close()
