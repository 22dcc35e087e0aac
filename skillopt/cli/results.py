"""The stream that results are printed to: nobody else's prints get into it."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from typing import TextIO

from skillopt.cli.streams import Stream

_STDOUT, _STDERR = 1, 2

_kept: TextIO | None = None


def results() -> TextIO:
    """Where a command's result goes: stdout."""
    return _kept or sys.stdout


def keep_results() -> None:
    """Keep stdout for results; what anything else writes to it goes to stderr from here on.

    Called before the user's code runs: a check's prints, a library's, and those of a process that
    either starts would spoil `--json`. Where stdout is no file of its own, as in a test, nothing
    is done.
    """
    global _kept  # noqa: PLW0603 - the process has one stdout
    out = sys.stdout
    if _kept is not None or not isinstance(out, TextIOWrapper):
        return
    try:
        if out.fileno() != _STDOUT:
            return
        import fcntl  # not on Windows

        own = fcntl.fcntl(_STDOUT, fcntl.F_DUPFD_CLOEXEC, _STDERR + 1)
    except (ImportError, OSError, ValueError):  # it is closed
        return
    _kept = Stream(os.fdopen(own, "wb"), encoding=out.encoding, errors=out.errors)
    _divert()


def _divert() -> None:
    try:
        os.dup2(_STDERR, _STDOUT)
    except OSError:  # stderr is closed
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, _STDOUT)
        os.close(nowhere)
