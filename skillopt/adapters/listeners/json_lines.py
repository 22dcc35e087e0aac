"""Events as JSON lines: one object a line, appended and flushed as it happens, without secrets."""

from __future__ import annotations

import json
import os
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from skillopt.adapters.secrets import without_secrets
from skillopt.core.events import Event, RunEnded
from skillopt.errors import InputError

SCHEMA = 1
"""Counted up where a field changes its meaning or goes; new fields and events may come."""


class JsonLines:
    """Appends each event to a file.

    A line is written whole or, where the disk is full, not at all; then this listener fails and the
    run goes on. Several runs may append to one file.

    Args:
        path: the file; made where there is none.

    Raises:
        InputError: there can be no such file.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._file: int | None = None
        check_events_file(self._path)

    def __call__(self, event: Event) -> None:
        """Write one line.

        Raises:
            OSError: it cannot be written.
        """
        if self._file is None:
            self._file = _opened(self._path)
        try:
            _append(self._file, line_of(event))
        except OSError:
            self._close()
            raise
        if isinstance(event, RunEnded):
            self._close()

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def line_of(event: Event, *, now: datetime | None = None) -> str:
    """The line for ``event``, without its end."""
    when = now or datetime.now(timezone.utc)  # noqa: UP017
    content: dict[str, Any] = without_secrets(event.model_dump(mode="json"))
    head = {"schema": SCHEMA, "time": when.isoformat(), "event": event.event, "run": event.run}
    return json.dumps({**head, **content})


def check_events_file(path: Path) -> None:
    """Find out before the run what would keep events from being written.

    Raises:
        InputError: it is no file, or is in no folder.
    """
    if str(path) == "-":
        raise InputError(
            "events cannot go to standard output, which holds the result; name a file, or a named "
            "pipe: --events events.jsonl"
        )
    if path.is_dir():
        raise InputError(f"events cannot be written to {path}: it is a folder; name a file in it")
    if not path.parent.is_dir():
        raise InputError(
            f"events cannot be written to {path}: no such folder: {path.parent}; make it, or name "
            "another file"
        )


def _opened(path: Path) -> int:
    """The file, ready for a new line: one that was killed within a line has left half of it."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
    file = os.open(path, flags, 0o644)
    try:
        if path.is_file() and path.stat().st_size and not _ends_a_line(path):
            _append(file, "")
    except OSError:
        os.close(file)
        raise
    return file


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as read:
        read.seek(-1, os.SEEK_END)
        return read.read(1) == b"\n"


def _append(file: int, line: str) -> None:
    data = f"{line}\n".encode()
    written = os.write(file, data)
    while written < len(data):
        # The disk is nearly full, or it is a pipe: what fails now takes the half line with it.
        try:
            written += os.write(file, data[written:])
        except OSError:
            _take_back(file, written)
            raise


def _take_back(file: int, count: int) -> None:
    try:
        os.ftruncate(file, os.fstat(file).st_size - count)
    except OSError:  # a pipe
        return
