"""Reading off the event loop, on a connection of its own that never waits for writers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from skillopt.adapters.ledger.db.database import Database
from skillopt.errors import LedgerError

T = TypeVar("T")


class Reader:
    """Runs queries one after another, each in one transaction."""

    def __init__(
        self,
        database: Database,
        *,
        opening: Callable[[Connection], None],
        reading: Callable[[Connection], None],
    ) -> None:
        """A reader.

        Args:
            database: what is read.
            opening: asked before anything is read; raises where nothing may be.
            reading: asked at the beginning of every transaction, likewise.
        """
        self._database = database
        self._opening = opening
        self._reading = reading
        self._opened = False
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger-reader")
        self._connection: Connection | None = None
        self._closed = False

    async def read(self, query: Callable[[Connection], T]) -> T:
        """What ``query`` returns.

        Raises:
            LedgerError: the database could not be read, or what is in it may not be.
        """
        return await self.audit(partial(self._checked, query))

    async def audit(self, query: Callable[[Connection], T]) -> T:
        """What ``query`` returns, whatever is in the database.

        Raises:
            LedgerError: the database could not be read.
        """
        loop = asyncio.get_running_loop()
        if self._closed:
            raise LedgerError("the ledger is closed; open it again")
        return await loop.run_in_executor(self._thread, self._run, query)

    def close(self) -> None:
        """End. Blocks."""
        if self._closed:
            return
        self._closed = True
        self._thread.submit(self._drop).result()
        self._thread.shutdown()

    def _checked(self, query: Callable[[Connection], T], connection: Connection) -> T:
        self._reading(connection)
        if not self._opened:
            self._opening(connection)
            self._opened = True
        return query(connection)

    def _run(self, query: Callable[[Connection], T]) -> T:
        with self._database.telling():
            if self._connection is None:
                self._connection = self._database.connect()
            try:
                with self._connection.begin():
                    return query(self._connection)
            except DBAPIError:
                self._drop()
                raise

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
