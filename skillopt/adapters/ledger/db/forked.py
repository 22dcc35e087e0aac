"""What a forked child does with its parent's sessions: it leaves them.

A socket that a child has inherited keeps the session, and all its locks, after the parent was
killed. (A child that runs another program has none: sockets are closed on exec. The locks of files
are seen to by SQLite and filelock.)
"""

from __future__ import annotations

import contextlib
import os
from typing import Any
from weakref import WeakSet

from sqlalchemy import Engine, event

_OPEN: WeakSet[Any] = WeakSet()
"""Connections of the driver."""


def forked_children_leave(engine: Engine) -> None:
    """See to it for all connections of ``engine``."""

    @event.listens_for(engine, "connect")
    def _opened(connection: Any, _record: Any) -> None:
        _OPEN.add(connection)

    @event.listens_for(engine, "close")
    def _closed(connection: Any, _record: Any) -> None:
        _OPEN.discard(connection)


def _leave() -> None:
    """The socket's number does not resolve from now on; closed, it might become another file's."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for connection in list(_OPEN):
        with contextlib.suppress(Exception):  # one that is broken has no socket
            os.dup2(nowhere, connection.fileno(), inheritable=False)
    os.close(nowhere)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave)
