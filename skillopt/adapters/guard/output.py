"""What the user's code prints: kept apart from what the program prints."""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

KEPT_CHARS = 4_000
"""Characters kept of what one call prints: the last ones."""


class Printed:
    """The end of what one call prints, both streams together."""

    def __init__(self) -> None:
        self._kept = ""

    def add(self, text: str) -> None:
        """Take in what was written."""
        self._kept = (self._kept + text[-KEPT_CHARS:])[-KEPT_CHARS:]

    @property
    def tail(self) -> str:
        """The last line that is not empty."""
        lines = [line.strip() for line in self._kept.splitlines() if line.strip()]
        return lines[-1][:200] if lines else ""

    @property
    def told(self) -> str:
        """The end of a message that says what was printed; empty where nothing was."""
        return f"; it printed {self.tail!r}" if self.tail else ""


_PRINTED: ContextVar[Printed | None] = ContextVar("skillopt_printed", default=None)


@contextmanager
def printing_into(printed: Printed) -> Iterator[None]:
    """What this context prints goes to ``printed``; everybody else prints as before."""
    call = object()
    _divert(call)
    token = _PRINTED.set(printed)
    try:
        yield
    finally:
        _PRINTED.reset(token)
        _restore(call)


class _Bytes(io.RawIOBase):
    """`sys.stdout.buffer` of such a context."""

    def __init__(self, printed: Printed) -> None:
        self._printed = printed

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        written = bytes(content)
        self._printed.add(written.decode("utf-8", "replace"))
        return len(written)


class _Diverted:
    """Stands in for a stream while the user's code runs, and passes on what others write."""

    own: Any = None

    def take(self, name: str) -> None:
        """Stand in for a stream of `sys`; where that is itself, it was put back by somebody."""
        stream = getattr(sys, name)
        if stream is not self:
            self.own = stream
            setattr(sys, name, self)

    def write(self, text: str) -> int:
        printed = _PRINTED.get()
        if printed is None:
            written: int = self.own.write(text)
            return written
        printed.add(text)
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        if _PRINTED.get() is None:
            self.own.flush()

    def close(self) -> None:
        """The stream is the program's: nobody else closes it."""

    @property
    def buffer(self) -> Any:
        printed = _PRINTED.get()
        return self.own.buffer if printed is None else _Bytes(printed)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.own, name)


_lock = threading.Lock()
_open: dict[object, int] = {}
"""The calls under way, each with its thread."""
_out, _err = _Diverted(), _Diverted()
"""Never let go of: a thread may be in the middle of a `print` into one when it is replaced."""


def let_go(thread: int | None) -> None:
    """Wait no longer for the end of a call that hangs in ``thread``."""
    with _lock:
        for call in [call for call, where in _open.items() if where == thread]:
            _close(call)


def _divert(call: object) -> None:
    with _lock:
        _open[call] = threading.get_ident()
        _out.take("stdout")
        _err.take("stderr")


def _restore(call: object) -> None:
    with _lock:
        if call in _open:
            # Whatever the code has put in their place: the streams are the program's.
            sys.stdout, sys.stderr = _out, _err
            _close(call)


def _close(call: object) -> None:
    del _open[call]
    if not _open:
        sys.stdout, sys.stderr = (
            one.own if current is one else current
            for one, current in ((_out, sys.stdout), (_err, sys.stderr))
        )
