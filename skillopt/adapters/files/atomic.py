"""Files that are replaced whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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


def replace_file(target: Path, data: bytes) -> None:
    """Write beside the target, then rename: a reader sees the old file or the new one.

    Raises:
        OSError: the folder cannot be written to.
    """
    # The name is always the same, under the writer's lock, so that a killed writer leaves one
    # file at most, and the next writer takes it over.
    temporary = target.with_name(f".{target.name}.skillopt-tmp")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            if target.exists():
                temporary.chmod(stat.S_IMODE(target.stat().st_mode))
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _flush_folder(target.parent)


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
    if sys.platform == "win32":
        yield
        return
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _flush_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
