"""The process that starts commands (:mod:`skillopt.adapters.processes.keeper`), from this side."""

from __future__ import annotations

import atexit
import contextlib
import errno
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from skillopt.adapters.processes import keeper

_ANSWERS = 10.0
"""Seconds for the keeper to fork a supervisor; one that takes longer was stopped."""


@dataclass(frozen=True)
class Order:
    """What is to be started, and how it is held."""

    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: str
    limits: Mapping[str, tuple[int, int]]
    """Soft and hard limit by the name that `resource` has for them."""
    seconds: int | None
    """Time that one of its processes may compute."""
    processes: int
    """How many processes it may add to those of the system."""

    def to_bytes(self) -> bytes:
        """As a supervisor reads it."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return json.dumps({**fields, "env": dict(self.env), "limits": dict(self.limits)}).encode()


class Started:
    """A command that was ordered."""

    def __init__(self, control: socket.socket, supervisor: _Supervisor) -> None:
        self.control = control
        """How it ended is read from here; closing it ends the command."""
        self._supervisor = supervisor

    def close(self, *, is_clean: bool) -> None:
        """Let go of it.

        Args:
            is_clean: its supervisor has said how it ended, and can take another order.
        """
        self.control.close()
        _POOL.wake()
        if is_clean:
            _POOL.put_back(self._supervisor)
        else:
            self._supervisor.orders.close()


@dataclass(frozen=True)
class _Supervisor:
    orders: socket.socket
    limits: frozenset[tuple[str, tuple[int, int]]]
    """It has them itself, and cannot get rid of them."""


class _Pool:
    """The keeper of this process, and its supervisors without an order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keeper: socket.socket | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self._idle: list[_Supervisor] = []
        self._owner = os.getpid()

    def start(self, order: Order, descriptors: Sequence[int]) -> _Supervisor:
        """Give a supervisor an order with its descriptors.

        Raises:
            OSError: none can be had.
        """
        content = order.to_bytes()
        head = len(content).to_bytes(4, "big")
        with self._lock:
            self._check_owner()
            while True:
                supervisor, is_new = self._supervisor(frozenset(order.limits.items()))
                try:
                    socket.send_fds(supervisor.orders, [head], descriptors)
                    supervisor.orders.sendall(content)
                except ConnectionError:  # somebody has killed it
                    supervisor.orders.close()
                    if is_new:
                        raise
                else:
                    return supervisor

    def put_back(self, supervisor: _Supervisor) -> None:
        """It can take another order."""
        with self._lock:
            self._idle.append(supervisor)

    def wake(self) -> None:
        """A command may have stopped the keeper, which ends what a killed supervisor has left."""
        if self.process is not None and self._owner == os.getpid():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, signal.SIGCONT)

    def _supervisor(
        self, limits: frozenset[tuple[str, tuple[int, int]]]
    ) -> tuple[_Supervisor, bool]:
        for supervisor in reversed(self._idle):
            if supervisor.limits == limits:
                self._idle.remove(supervisor)
                return supervisor, False
        ours, theirs = socket.socketpair()
        with theirs:
            if not self._forked(theirs) and not self._forked(theirs):
                ours.close()
                raise OSError(errno.EAGAIN, "the process that starts commands does not answer")
        return _Supervisor(ours, limits), True

    def _forked(self, theirs: socket.socket) -> bool:
        """Have a supervisor for that socket; False where the keeper was killed or stopped."""
        keeper = self._there()
        try:
            socket.send_fds(keeper, [b"+"], [theirs.fileno()])
            if keeper.recv(1):
                return True
        except (ConnectionError, TimeoutError):
            pass
        self._end_keeper()
        return False

    def _there(self) -> socket.socket:
        if self._keeper is None:
            ours, theirs = socket.socketpair()
            with theirs:
                self.process = subprocess.Popen(  # noqa: S603 - our own
                    [sys.executable, "-I", "-S", keeper.__file__],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd="/",
                    start_new_session=True,
                )
            self.process.returncode = 0  # it ends with this process: nobody waits for it
            ours.settimeout(_ANSWERS)
            self._keeper = ours
        return self._keeper

    def replace(self) -> None:
        """End the keeper; what has no supervisor any more goes with it."""
        with self._lock:
            self._check_owner()
            self._end_keeper()

    def let_go(self) -> None:
        """Close the lines to the keeper and to idle supervisors, which end with them."""
        for line in (self._keeper, *(idle.orders for idle in self._idle)):
            if line is not None:
                line.close()
        self._keeper, self._idle = None, []

    def _end_keeper(self) -> None:
        if self._keeper is not None and self.process is not None:
            self.let_go()
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, signal.SIGKILL)

    def _check_owner(self) -> None:
        """A fork of this process has a keeper of its own."""
        if self._owner != os.getpid():
            self._owner, self._keeper, self._idle = os.getpid(), None, []


_POOL = _Pool()
atexit.register(_POOL.let_go)


def replace_keeper() -> None:
    """Have another keeper from here on: this one does not answer."""
    _POOL.replace()


def start(order: Order, *, stdin: int, stdout: int, stderr: int) -> Started:
    """Start a command.

    Raises:
        OSError: it cannot be ordered.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            supervisor = _POOL.start(order, (stdin, stdout, stderr, theirs.fileno()))
        except BaseException:
            ours.close()
            raise
    ours.setblocking(False)
    return Started(ours, supervisor)
