"""The file that is written beside another one before it takes its place.

Its name follows from the other's, and its writer holds a lock on it, which goes with the process:
one that is there without a lock is what a killed writer left. The next writer of the same file and
the next reader of the skill delete it. Until then it is no part of a skill, by its name
(:mod:`skillopt.core.skill.left_out`).
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_ENDING = ".skillopt-tmp"


def temporary_of(target: Path) -> Path:
    """Where the new content of a file is written."""
    return target.with_name(f".{target.name}{_ENDING}")


def is_temporary(name: str) -> bool:
    """Whether a file of that name is one that takes another's place."""
    return name.startswith(".") and name.endswith(_ENDING)


@contextmanager
def opened_temporary(target: Path) -> Iterator[BinaryIO]:
    """A new file, open for writing and locked, for :func:`take_place`.

    It waits for another writer of the same file. What takes no place is deleted.

    Raises:
        OSError: it cannot be created.
    """
    temporary = temporary_of(target)
    with os.fdopen(_created(temporary), "wb") as file:
        try:
            yield file
        except BaseException:
            _close_for_windows(file)
            temporary.unlink(missing_ok=True)
            raise


def take_place(file: BinaryIO, target: Path) -> None:
    """Rename a written file to ``target``; its lock is held until then.

    Raises:
        OSError: it cannot be renamed.
    """
    _close_for_windows(file)
    temporary_of(target).replace(target)


def remove_left(temporary: Path) -> None:
    """Delete a temporary file, unless its writer is alive or it may not be deleted."""
    with suppress(OSError):
        _remove(temporary, waits=False)


def _created(temporary: Path) -> int:
    while True:
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        except FileExistsError:
            _remove(temporary, waits=True)
            continue
        _lock(descriptor, waits=True)
        if _is_still(descriptor, temporary):  # nobody took it for a left one before the lock
            return descriptor
        os.close(descriptor)


def _remove(temporary: Path, *, waits: bool) -> None:
    """Delete a temporary file that has no writer.

    Raises:
        OSError: it has one, or may not be deleted.
    """
    try:
        if not stat.S_ISREG(temporary.lstat().st_mode):
            temporary.unlink()
            return
        descriptor = os.open(temporary, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        _lock(descriptor, waits=waits)
        if _is_still(descriptor, temporary):
            temporary.unlink()
    finally:
        os.close(descriptor)


def _is_still(descriptor: int, temporary: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), temporary.lstat())
    except FileNotFoundError:
        return False


def _close_for_windows(file: BinaryIO) -> None:
    """There a file that is open can be neither renamed nor deleted."""
    if sys.platform == "win32":
        file.close()


def _lock(descriptor: int, *, waits: bool) -> None:
    """Lock a file against other processes.

    Raises:
        BlockingIOError: another one has it, and nobody waits.
    """
    if sys.platform == "win32":
        return
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
    except BlockingIOError:
        raise
    except OSError:  # not every file system has locks
        return
