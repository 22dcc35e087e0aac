"""Signals that end the command: once, with a message, and whatever comes after the first."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType
from typing import NoReturn

_ENDING = {"SIGTERM": "terminated", "SIGHUP": "the terminal was closed"}


class Signals:
    """What was received; SIGTERM and SIGHUP end a command in the way that Ctrl-C does."""

    def __init__(self) -> None:
        self._received: signal.Signals | None = None
        self._before = set(threading.enumerate())

    def take(self) -> None:
        """Handle them from now on; one that the caller has ignored (`nohup`) stays ignored."""
        if threading.current_thread() is not threading.main_thread():
            return  # only the main thread may, and a program that calls this elsewhere has its own
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

    def leave(self) -> NoReturn:
        """End the process: nothing that is still at work, and no further signal, is waited for."""
        for name in ("SIGINT", *_ENDING):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.SIG_IGN)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        if set(threading.enumerate()) - self._before:
            os._exit(self.code)  # a thread in somebody's function cannot be ended
        sys.exit(self.code)

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        self._received = self._received or signal.Signals(number)
        if callable(signal.getsignal(signal.SIGINT)):
            signal.raise_signal(signal.SIGINT)  # in the way that the event loop ends its tasks
        else:
            raise KeyboardInterrupt
