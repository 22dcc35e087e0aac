"""`os._exit`, called by the user's code: it ends the call, and the program goes on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NoReturn

_exit = os._exit
_PROCESS: ContextVar[int | None] = ContextVar("skillopt_exits_held", default=None)
"""The process that the user's code in this context may not end."""


class HardExit(BaseException):
    """Raised in place of the exit."""


@contextmanager
def exits_held() -> Iterator[None]:
    """`os._exit` raises :class:`HardExit` in this context and in the tasks that it starts.

    Everybody else ends the program as before, and so does a process that the code has forked.
    Threads that the code starts have a context of their own: what they end is ended.
    """
    os._exit = _held_or_ended
    token = _PROCESS.set(os.getpid())
    try:
        yield
    finally:
        _PROCESS.reset(token)


def _held_or_ended(status: int) -> NoReturn:
    if _PROCESS.get() == os.getpid():
        raise HardExit(f"os._exit({status!r})")
    _exit(status)
