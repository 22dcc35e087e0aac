"""A lock of the operating system on a file beside a SQLite ledger."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from skillopt.adapters.ledger.locks.process_name import UNKNOWN, this_process
from skillopt.errors import LedgerError

if TYPE_CHECKING:
    from filelock import BaseFileLock


class FileHold:
    """A lock on a file that holds the holder's name, and goes when it is given up."""

    def __init__(self, ledger: Path, key: int) -> None:
        # Whatever links lead to a ledger, its locks are in one place.
        real = ledger.resolve()
        self._path = real.with_name(f"{real.name}.locks") / f"{key:015x}"
        self._lock: BaseFileLock | None = None
        self._file: os.stat_result | None = None

    def take(self) -> bool:
        """Whether it is taken now.

        Raises:
            LedgerError: nothing can be locked there.
        """
        from filelock import FileLock, Timeout

        # Reentrance by thread would tie the lock to the worker thread that happened to take it; a
        # soft lock, which filelock takes where there is no real one, would outlive a kill.
        lock = FileLock(
            self._path,
            blocking=False,
            thread_local=False,
            fallback_to_soft=False,
            on_acquired=self._sign,
        )
        try:
            self._path.parent.mkdir(exist_ok=True)
            lock.acquire()
        except Timeout:
            return False
        except (OSError, NotImplementedError) as error:  # the latter: filelock finds no real lock
            raise LedgerError(
                f"cannot lock {self._path}: {error}; the ledger's folder must be "
                "writable, on a file system with locks"
            ) from None
        self._lock = lock
        return True

    def holder(self) -> str | None:
        """What the file says; None where it is gone."""
        try:
            return self._path.read_text(encoding="utf-8", errors="replace") or UNKNOWN
        except FileNotFoundError:
            return None
        except OSError:  # Windows lets nobody read a file that is locked
            return UNKNOWN

    def give_up(self) -> None:
        """Remove the file while it is locked: a process that has opened it sees that it is gone."""
        assert self._lock is not None
        assert self._file is not None
        if not self._lock.is_locked:  # a forked child has nothing to give up
            return
        # Windows removes no open file; there filelock does it afterwards. The folder is left, since
        # another process may be about to make its file in it.
        with contextlib.suppress(OSError):
            if os.path.samestat(self._file, self._path.stat()):
                self._path.unlink()
        self._lock.release()

    def _sign(self, descriptor: int) -> None:
        os.write(descriptor, this_process().encode())
        self._file = os.fstat(descriptor)
