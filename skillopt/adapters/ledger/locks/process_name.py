"""How a process that holds a run is called."""

from __future__ import annotations

import os
import re
import socket
import sys

UNKNOWN = "another process"
"""Where the holder cannot be read."""

LONGEST = 63
"""Bytes of a name that PostgreSQL keeps of a session."""


def this_process() -> str:
    """The name that others read."""
    return _named(os.getpid())


def has_died_here(holder: str) -> bool:
    """Whether ``holder`` was a process of this host and is one no more."""
    found = re.match(r"process (\d+) on ", holder)
    if sys.platform == "win32" or not found or holder != _named(int(found[1])):
        return False
    try:
        os.kill(int(found[1]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # it is there, and somebody else's
        return False
    return False


def _named(process: int) -> str:
    host = socket.gethostname().encode("ascii", "replace").decode("ascii")
    return f"process {process} on {host}"[:LONGEST]
