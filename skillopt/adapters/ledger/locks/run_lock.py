"""One process at a time works on a run: a lock that dies with the process that holds it.

SQLite: a lock of the operating system on a file beside the ledger, which is there while it is held
or was left by a kill. PostgreSQL: an advisory lock of a session that is kept open. Neither has a
time-out to wait for: after `kill -9` it is free at once, whatever children the process has left.
"""

from __future__ import annotations

import threading
from typing import Protocol

from skillopt.adapters.ledger.db.database import Database
from skillopt.adapters.ledger.locks.advisory_lock import SessionHold
from skillopt.adapters.ledger.locks.file_lock import FileHold
from skillopt.adapters.ledger.locks.process_name import UNKNOWN, this_process
from skillopt.core.value import text_hash
from skillopt.errors import RunHeld

_TRIES = 10
"""How often a lock is tried that was free again when its holder was looked for."""


class Hold(Protocol):
    """One lock."""

    def take(self) -> bool:
        """Whether it is taken now; False where somebody has it."""
        ...

    def holder(self) -> str | None:
        """Who has it, as far as that can be known; None where nobody has it any more."""
        ...

    def give_up(self) -> None:
        """Let others take it."""
        ...


class Holding:
    """What this ledger object holds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: dict[str, Hold] = {}
        self._turn = threading.Lock()

    def hold(self, name: str) -> None:
        """Hold ``name``, or tell who does.

        Raises:
            RunHeld: another process, or another run of this one, holds it.
            LedgerError: nothing can be locked there.
        """
        lock = self._lock(int(text_hash(name)[:15], 16))
        for _ in range(_TRIES):
            if lock.take():
                with self._turn:
                    self._held[name] = lock
                return
            holder = lock.holder()
            if holder is not None:
                raise _held_by(holder)
        raise _held_by(UNKNOWN)

    def release(self, name: str) -> None:
        """Give ``name`` up, if it is held."""
        with self._turn:
            lock = self._held.pop(name, None)
        if lock is not None:
            lock.give_up()

    def close(self) -> None:
        """Give up everything."""
        for name in list(self._held):
            self.release(name)

    def _lock(self, key: int) -> Hold:
        path = self._database.path
        return FileHold(path, key) if path else SessionHold(self._database, key)


def _held_by(holder: str) -> RunHeld:
    who = "another run of this process" if holder == this_process() else holder
    return RunHeld(
        f"this run is already in progress ({who}); wait for it, or start a separate run with a "
        "different --seed"
    )
