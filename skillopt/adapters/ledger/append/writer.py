"""One thread that writes: a batch is all that was asked for while the last one was committed.

So a commit is shared by all who wait for it, and the event loop never waits for the disk. Batches
with anything but rollouts in them (paid replies, decisions, ends) are forced to the disk, and with
them all rollouts before; a rollout on its own survives the death of the process, not of the power.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from skillopt.adapters.ledger.append.transaction import Entering, enter_rollouts
from skillopt.adapters.ledger.db.database import Database, is_locked, set_durable
from skillopt.adapters.ledger.schema import mapping
from skillopt.core.evaluation.rollout import Graded, Missing
from skillopt.errors import LedgerError, SkilloptError

Work = Callable[[Entering], Any]
"""Enters something; raises before it enters anything, or not at all."""

LARGEST_BATCH = 2000


@dataclass(eq=False)
class _Wish:
    """One call that waits."""

    what: Work | tuple[str, Graded | Missing]
    """Anything at all, or a run and its rollout."""
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None


class Writer:
    """Enters in batches, from any number of event loops."""

    def __init__(self, database: Database, *, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._now = now
        self._queue: SimpleQueue[_Wish | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._closed = False
        self._connection: Connection | None = None

    async def do(self, what: Work | tuple[str, Graded | Missing]) -> Any:
        """Returns once it is committed.

        Raises:
            LedgerError: what the work raises, or the database.
        """
        loop = asyncio.get_running_loop()
        wish = _Wish(what, loop, loop.create_future())
        with self._lock:
            if self._closed:
                raise LedgerError("the ledger is closed; open it again")
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="ledger", daemon=True)
                self._thread.start()
            self._queue.put(wish)
        # A caller that is cancelled goes; what it asked for is entered all the same.
        return await wish.future

    def close(self) -> None:
        """Enter what waits, then end. Blocks."""
        with self._lock:
            self._closed = True
            thread, self._thread = self._thread, None
            self._queue.put(None)
        if thread:
            thread.join()

    def _work(self) -> None:
        while batch := self._next_batch():
            self._enter(batch)
            _tell(batch)
        if self._connection is not None:
            self._connection.close()

    def _next_batch(self) -> list[_Wish]:
        """All that waits; empty at the end."""
        first = self._queue.get()
        if first is None:
            return []
        batch = [first]
        while len(batch) < LARGEST_BATCH and not self._queue.empty():
            wish = self._queue.get()
            if wish is None:
                self._queue.put(None)
                break
            batch.append(wish)
        return batch

    def _enter(self, batch: list[_Wish]) -> None:
        try:
            self._commit(batch)
        except Exception as error:  # noqa: BLE001 - whatever it is, the callers get it
            if len(batch) == 1:
                batch[0].error = self._told(error)
                return
            for wish in batch:
                wish.error = None
                self._enter([wish])

    def _commit(self, batch: list[_Wish]) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                return self._transact(batch)
            except DBAPIError as error:
                if not is_locked(error) or time.monotonic() > deadline:
                    raise

    def _transact(self, batch: list[_Wish]) -> None:
        if self._connection is None:
            self._connection = self._database.connect(writes=True)
        connection = self._connection
        rollouts = [wish.what for wish in batch if isinstance(wish.what, tuple)]
        rows = [mapping.rollout_row(*rollout) for rollout in rollouts]
        others = [wish for wish in batch if not isinstance(wish.what, tuple)]
        if others:
            set_durable(connection, durable=True)
        try:
            with connection.begin():
                entering = Entering(connection, now=mapping.utc(self._now()))
                enter_rollouts(entering, rows)
                for wish in others:
                    _do(wish, entering)
                entering.write()
        finally:
            if others:
                set_durable(connection, durable=False)

    def _told(self, error: Exception) -> Exception:
        """The error for the caller; a broken connection is replaced for the next batch."""
        if isinstance(error, SkilloptError):
            return error
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
        return self._database.told(error)


def _do(wish: _Wish, entering: Entering) -> None:
    assert not isinstance(wish.what, tuple)
    before = entering.place
    try:
        wish.result = wish.what(entering)
    except SkilloptError as error:
        if entering.place != before:
            raise  # a part of it is entered: the transaction is given up with it
        wish.error = error


def _tell(batch: list[_Wish]) -> None:
    """Wake the callers, once per event loop."""
    for loop in {wish.loop for wish in batch}:
        mine = [wish for wish in batch if wish.loop is loop]
        try:
            loop.call_soon_threadsafe(_settle, mine)
        except RuntimeError:  # the loop is closed: nobody waits any more
            continue


def _settle(wishes: list[_Wish]) -> None:
    for wish in wishes:
        if wish.future.cancelled():
            continue
        if wish.error is not None:
            wish.future.set_exception(wish.error)
        else:
            wish.future.set_result(wish.result)
