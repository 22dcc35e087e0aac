"""Signals that end the command: once, with a message, and whatever comes after the first."""

from __future__ import annotations

import signal
import threading
from types import FrameType

_ENDING = {"SIGTERM": "terminated", "SIGHUP": "the terminal was closed"}


class Signals:
    """What was received; SIGTERM and SIGHUP end a command in the way that Ctrl-C does."""

    def __init__(self) -> None:
        self._received: signal.Signals | None = None

    def take(self) -> None:
        """Handle them from now on; one that the caller has ignored (`nohup`) stays ignored."""
        if not _may_handle():
            return
        for name in _ENDING:
            number = getattr(signal, name, None)  # Windows has no SIGHUP
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, self._receive)

    @property
    def code(self) -> int:
        """The exit code of a command that was ended so."""
        return 128 + (self._received or signal.SIGINT)

    @property
    def says(self) -> str:
        """What ended it."""
        return _ENDING[self._received.name] if self._received else "interrupted"

    def ignore(self) -> None:
        """No further signal changes how the command ends."""
        if not _may_handle():
            return
        for name in ("SIGINT", *_ENDING):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.SIG_IGN)

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        self._received = self._received or signal.Signals(number)
        if callable(signal.getsignal(signal.SIGINT)):
            signal.raise_signal(signal.SIGINT)  # in the way that the event loop ends its tasks
        else:
            raise KeyboardInterrupt


def _may_handle() -> bool:
    """Only the main thread may; a program that runs a command in another one has its own."""
    return threading.current_thread() is threading.main_thread()
