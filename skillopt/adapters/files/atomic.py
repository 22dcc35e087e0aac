"""Files that are replaced whole or not at all."""

from __future__ import annotations

import itertools
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from skillopt.adapters.files.temporaries import opened_temporary, take_place, temporary_of

_LINK_HOPS = 40


def followed(path: Path) -> Path:
    """The file that symbolic links lead to, there or not.

    Raises:
        OSError: they lead in a circle.
    """
    target = path.absolute()
    for _ in range(_LINK_HOPS):
        if not target.is_symlink():
            return target
        target = target.parent / target.readlink()
    raise OSError("too many symbolic links")


def replace_file(target: Path, data: bytes, *, executable: bool | None = None) -> None:
    """Write beside the target, then rename: a reader sees the old file or the new one.

    Args:
        target: the file; one that is there keeps its mode.
        data: what it is to hold.
        executable: whether it may be run by those who may read it; None for as it is.

    Raises:
        OSError: the folder cannot be written to.
    """
    temporary = temporary_of(target)
    with opened_temporary(target) as file:
        file.write(data)
        file.flush()
        if target.exists():
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        if executable is not None:
            mode = stat.S_IMODE(temporary.stat().st_mode)
            temporary.chmod(mode | (mode & 0o444) >> 2 if executable else mode & ~0o111)
        os.fsync(file.fileno())
        take_place(file, target)
    flush_folder(target.parent)


def free_place(place_of: Callable[[str], Path], holds: Callable[[Path], bool]) -> tuple[Path, bool]:
    """Where a result goes that may not go where it belongs, and whether it is there already.

    Its name has `.skillopt` in it; `.skillopt-2` and so on where that holds something else.

    Args:
        place_of: the place for such an ending.
        holds: whether what is in a place is the result.
    """
    for ending in endings():
        place = place_of(ending)
        if not (place.exists() or place.is_symlink()):
            return place, False
        if holds(place):
            return place, True
    raise AssertionError("numbers do not end")


def endings() -> Iterator[str]:
    """`.skillopt`, `.skillopt-2` and so on: what the names of such results have in them."""
    yield ".skillopt"
    yield from (f".skillopt-{number}" for number in itertools.count(2))


def takes_files(folder: Path) -> bool:
    """Whether a file can be created in a folder, or in the nearest one above it that is there.

    It is tried, with a file that has no name: permissions do not say it for the superuser, nor of a
    file system that is mounted to be read.
    """
    there = next(one for one in (folder, *folder.parents) if one.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            return True
    except OSError:
        return False


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the folder against other writers; the lock goes with the process, whatever ends it."""
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder, shared=False):
        yield


@contextmanager
def no_writer(folder: Path) -> Iterator[None]:
    """Hold the folder against writers, beside other readers."""
    with _locked(folder, shared=True):
        yield


@contextmanager
def _locked(folder: Path, *, shared: bool) -> Iterator[None]:
    if sys.platform == "win32":
        yield
        return
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if shared:
            # Not every file system has locks; reading needs none where nobody writes.
            with suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_SH)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def flush_folder(folder: Path) -> None:
    """Make what was created, renamed or deleted in a folder durable."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
