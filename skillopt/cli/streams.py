"""The standard streams: one that is closed or full ends no run, and is reported at the end."""

from __future__ import annotations

import errno
import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

_STDERR = 2


class Stream(TextIOWrapper):
    """A standard stream; once it cannot be written to, what is written goes nowhere.

    A run is paid for: that nobody can read of it any more does not stop it.
    """

    failure: OSError | None = None
    """Why it could not be written to."""
    closed_before: bool = False
    """Nobody gave it to the command: it is the null device."""

    def write(self, text: str, /) -> int:
        """Write, or do nothing once that has failed."""
        if self.closed_before:
            self.failure = OSError(errno.EBADF, "it is closed")
        try:
            return super().write(text)
        except OSError as error:
            self._fail(error)
            return len(text)

    def flush(self) -> None:
        """Flush, or do nothing once that has failed."""
        try:
            super().flush()
        except OSError as error:
            self._fail(error)
            super().flush()

    def _fail(self, error: OSError) -> None:
        self.failure = self.failure or error
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)


def open_streams() -> None:
    """Put a :class:`Stream` in the place of stdout and stderr, and open those that are closed.

    The next file that is opened gets the number of a closed stream: a ledger, say, and what is
    printed to the stream would be written into it.
    """
    _open_closed()
    sys.stdin = sys.stdin or Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - stays open
    sys.stdout = _stream(sys.stdout)
    sys.stderr = _stream(sys.stderr)


def unwritten(stream: TextIO) -> str | None:
    """Why what was printed to ``stream`` is not there; None where it is, or its reader has left."""
    if not isinstance(stream, Stream):
        return None
    stream.flush()
    failure = stream.failure
    if failure is None or isinstance(failure, BrokenPipeError):
        return None
    return f"standard output cannot be written to: {failure.strerror}"


def _open_closed() -> None:
    """Give the numbers of closed standard streams to the null device."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= _STDERR:
        os.set_inheritable(number, True)
    os.close(number)


def _stream(stream: TextIO | None) -> Any:
    if stream is None:
        made = Stream(Path(os.devnull).open("wb"), encoding="utf-8")  # noqa: SIM115 - stays open
        made.closed_before = True
    elif type(stream) is TextIOWrapper:  # not one that a test, say, reads
        encoding, line_buffering = stream.encoding, stream.line_buffering
        made = Stream(stream.detach(), encoding=encoding, line_buffering=line_buffering)
    else:
        return stream
    made.reconfigure(errors="backslashreplace")
    return made
