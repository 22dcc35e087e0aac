"""Opening what may be anything under any name: regular files alone are read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_FLAGS = sum(getattr(os, name, 0) for name in ("O_RDONLY", "O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC"))
"""Without waiting: a pipe that nobody writes to would hold us for ever."""


@contextmanager
def opened_regular(file: Path) -> Iterator[tuple[BinaryIO, os.stat_result] | None]:
    """A regular file, open for reading, and its status; None for a folder, a pipe or a device.

    Raises:
        OSError: it cannot be read, or is a link.
    """
    descriptor = os.open(file, _FLAGS)
    with os.fdopen(descriptor, "rb") as opened:
        status = os.fstat(opened.fileno())
        yield (opened, status) if stat.S_ISREG(status.st_mode) else None
