"""A small process that starts commands and ends all that they have started.

It is run as a script of its own, without the package: each command gets a supervisor, forked from
it, that becomes the parent of whatever the command's processes leave behind, those in sessions of
their own included. The supervisor ends them when the command ends, and when the other end of its
control socket is closed, as it is when the program dies.

A request is a length in four bytes with the descriptors of stdin, stdout, stderr and the control
socket, then JSON: `argv`, `env`, `cwd`, `limits` (names of `resource` with two values each) and
`processes`. The supervisor writes one JSON object to the control socket: `{"code": 0}`, or
`{"error": "..."}` where the command cannot be started; `left` counts processes it could not end.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import gc
import json
import os
import resource
import select
import signal
import socket
import sys
import time
from typing import Any, NoReturn

_SET_CHILD_SUBREAPER = 36
_CLOSED_BY_EXEC = getattr(socket, "MSG_CMSG_CLOEXEC", 0)
_PATIENCE = 10.0
"""Seconds in which killed processes have to be gone."""
_FREEZES = 64
"""Times that a tree is looked at again for what it has forked meanwhile."""


_prctl = getattr(ctypes.CDLL(None), "prctl", None)
"""What makes this process the parent of orphans; Linux only."""


def main() -> None:
    """Take requests from the socket that is stdin, until it is closed."""
    requests = socket.socket(fileno=os.dup(0))
    asked = requests.fileno()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    _adopt_orphans()
    children = _woken_by_children()
    gc.disable()
    gc.freeze()  # what is never looked at again is never copied by a fork
    supervisors: set[int] = set()
    while True:
        ready, _, _ = select.select([asked, children], [], [])
        if children in ready:
            _drain(children)
            _reap(supervisors)
        if asked in ready:
            request, descriptors = _received(requests)
            if request is None:
                return
            supervisor = os.fork()
            if not supervisor:
                requests.close()
                _supervise(request, descriptors)
            supervisors.add(supervisor)
            for descriptor in descriptors:
                os.close(descriptor)


def _received(requests: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    head, descriptors, _, _ = socket.recv_fds(requests, 4, 4, _CLOSED_BY_EXEC)
    if len(head) < 4:  # noqa: PLR2004 - the length of a length
        return None, descriptors
    body, length = b"", int.from_bytes(head, "big")
    while len(body) < length:
        part = requests.recv(length - len(body))
        if not part:
            return None, descriptors
        body += part
    request: dict[str, Any] = json.loads(body)
    return request, descriptors


def _reap(supervisors: set[int]) -> None:
    """Take leave of supervisors that ended, and end what one that was killed has left."""
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG)[0]) != 0:
            supervisors.discard(ended)
    strangers = _children(os.getpid()) - supervisors
    if strangers:
        _kill(strangers | {one for stranger in strangers for one in _below(stranger)})


def _supervise(request: dict[str, Any], descriptors: list[int]) -> NoReturn:
    *streams, control = descriptors
    said: dict[str, Any] = {"error": "its supervisor failed"}
    try:
        _adopt_orphans()
        children = _woken_by_children()
        started, command = _started(request, streams)
        for stream in streams:
            os.close(stream)
        if started:
            said = {"error": started}
        else:
            code = _waited(command, control, children)
            said = {"code": code, "left": _end_all(command)}
    except BaseException as error:  # noqa: BLE001 - it may not return into the keeper's loop
        said = {"error": f"its supervisor failed: {error!r}"}
    finally:
        with contextlib.suppress(OSError):
            os.write(control, json.dumps(said).encode())
        os._exit(0)


def _started(request: dict[str, Any], streams: list[int]) -> tuple[str, int]:
    """Why the command cannot be started (or nothing), and its process.

    What it inherits is set here first: a process that is spawned, and not forked, starts at once.
    """
    try:
        os.chdir(request["cwd"])
        _limit(request["limits"], request["processes"])
        program = _located(request["argv"][0], request["env"].get("PATH", os.defpath))
        actions = [(os.POSIX_SPAWN_DUP2, stream, place) for place, stream in enumerate(streams)]
        command = os.posix_spawn(
            program,
            request["argv"],
            request["env"],
            file_actions=actions,
            setsid=True,
            setsigdef=_DEFAULTS,
            setsigmask=(),
        )
    except (OSError, ValueError) as error:
        return (getattr(error, "strerror", None) or str(error)), 0
    return "", command


_DEFAULTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGXFSZ)


def _located(program: str, path: str) -> str:
    """The program's file, as a shell finds it."""
    if "/" in program:
        return program
    files = [f"{folder or '.'}/{program}" for folder in path.split(os.pathsep)]
    for file in files:
        if os.access(file, os.X_OK) and not os.path.isdir(file):  # noqa: PTH112 - see below
            return file
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), program)


def _limit(limits: dict[str, list[int]], processes: int | None) -> None:
    for name, (soft, hard) in limits.items():
        kind = getattr(resource, name, None)
        if kind is not None:
            ceiling = resource.getrlimit(kind)[1]
            if ceiling != resource.RLIM_INFINITY:
                soft, hard = min(soft, ceiling), min(hard, ceiling)  # noqa: PLW2901
            resource.setrlimit(kind, (soft, hard))
    if processes is not None:
        with contextlib.suppress(OSError, ValueError):
            most = _tasks() + processes
            ceiling = resource.getrlimit(resource.RLIMIT_NPROC)[1]
            most = most if ceiling == resource.RLIM_INFINITY else min(most, ceiling)
            resource.setrlimit(resource.RLIMIT_NPROC, (most, most))


def _tasks() -> int:
    """Threads of the whole system: the limit counts all of the user's, and not this command's."""
    with open("/proc/loadavg", encoding="ascii") as file:  # noqa: PTH123 - it takes long to load pathlib
        return int(file.read().split()[3].partition("/")[2])


def _waited(command: int, control: int, children: int) -> int | None:
    """The command's exit code; None where it was ended because nobody waits for it any more."""
    while True:
        ended, status = os.waitpid(command, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        ready, _, _ = select.select([control, children], [], [])
        if children in ready:
            _drain(children)
        if control in ready:
            return None


def _end_all(command: int) -> int:
    """End everything below this process; how many are left after all."""
    if not _children(os.getpid()):
        if _prctl is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(command, signal.SIGKILL)
        return 0
    ends = time.monotonic() + _PATIENCE
    while True:
        below = _frozen()
        _kill(below)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        left = _below(os.getpid())
        if not left or time.monotonic() > ends:
            return len(left)
        time.sleep(0.001)


def _frozen() -> set[int]:
    """All processes below this one, stopped, so that none forks while others are killed."""
    stopped: set[int] = set()
    for _ in range(_FREEZES):
        new = _below(os.getpid()) - stopped
        if not new:
            break
        for one in new:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(one, signal.SIGSTOP)
        stopped |= new
    return stopped


def _kill(processes: set[int]) -> None:
    for one in processes:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(one, signal.SIGKILL)


def _below(process: int) -> set[int]:
    found: set[int] = set()
    waiting = [process]
    while waiting:
        new = _children(waiting.pop()) - found
        found |= new
        waiting += new
    return found


def _children(process: int) -> set[int]:
    """Its child processes, those that are dead already included; none where Linux is not."""
    found: set[int] = set()
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{process}/task"):  # noqa: PTH208 - see below
            with (
                contextlib.suppress(OSError),
                open(f"/proc/{process}/task/{thread}/children", encoding="ascii") as file,  # noqa: PTH123
            ):
                found.update(int(child) for child in file.read().split())
    return found


def _adopt_orphans() -> None:
    if _prctl is not None:
        _prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _woken_by_children() -> int:
    """A descriptor that can be read once a child has ended."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    return reading


def _drain(descriptor: int) -> None:
    with contextlib.suppress(BlockingIOError):
        while os.read(descriptor, 4096):
            pass


if __name__ == "__main__":
    main()
    sys.exit(0)
