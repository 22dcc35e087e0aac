"""The process that starts commands (:mod:`skillopt.adapters.processes.keeper`), from this side."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from skillopt.adapters.processes import keeper


@dataclass(frozen=True)
class Order:
    """What is to be started, and how it is held."""

    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: str
    limits: Mapping[str, tuple[int, int]]
    """Soft and hard limit by the name that `resource` has for them."""
    processes: int | None
    """How many processes it may add to those of the system."""


class _Keeper:
    """The one of this process; another one once it is gone, or after a fork."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def send(self, order: bytes, descriptors: Sequence[int]) -> None:
        """Hand it an order.

        Raises:
            OSError: it cannot be reached.
        """
        with self._lock:
            head = len(order).to_bytes(4, "big")
            try:
                socket.send_fds(self._there(), [head], descriptors)
            except ConnectionError:  # somebody has killed it
                self._there().close()
                self._socket = None
                socket.send_fds(self._there(), [head], descriptors)
            self._there().sendall(order)

    def _there(self) -> socket.socket:
        if self._socket is None or self._owner != os.getpid():
            ours, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(  # noqa: S603 - our own
                    [sys.executable, "-I", "-S", keeper.__file__],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd="/",
                    start_new_session=True,
                )
            self._process.returncode = 0  # it ends with this process: nobody waits for it
            self._socket, self._owner = ours, os.getpid()
        return self._socket


_KEEPER = _Keeper()


def start(order: Order, *, stdin: int, stdout: int, stderr: int) -> socket.socket:
    """Start a command; how it ended is read from the socket, and closing that ends it.

    Raises:
        OSError: it cannot be asked for.
    """
    content = {
        "argv": list(order.argv),
        "env": dict(order.env),
        "cwd": order.cwd,
        "limits": {name: list(pair) for name, pair in order.limits.items()},
        "processes": order.processes,
    }
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            _KEEPER.send(json.dumps(content).encode(), (stdin, stdout, stderr, theirs.fileno()))
        except BaseException:
            ours.close()
            raise
    ours.setblocking(False)
    return ours
