"""A time limit for code that runs in the event loop's own thread."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Blocked(BaseException):
    """Raised in the code that has blocked the event loop for too long."""


@contextmanager
def alarm(seconds: float | None) -> Iterator[None]:
    """Raise :class:`Blocked` here after ``seconds``.

    Only the main thread hears signals, and only where nobody else uses the alarm: elsewhere there
    is no limit.
    """
    if seconds is None or not _is_free():
        yield
        return
    before = signal.signal(signal.SIGALRM, _raise)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)  # and again, should it be swallowed
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def _is_free() -> bool:
    if threading.current_thread() is not threading.main_thread():
        return False
    if not hasattr(signal, "SIGALRM"):  # Windows
        return False
    return signal.getsignal(signal.SIGALRM) is signal.SIG_DFL


def _raise(_number: int, _frame: FrameType | None) -> None:
    raise Blocked
