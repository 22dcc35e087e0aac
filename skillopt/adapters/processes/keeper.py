"""A small process that starts commands and ends all that they have started.

It is run as a script of its own, without the package. It forks supervisors; each runs one command
after the other, and is the parent of whatever that leaves behind, processes in sessions of their
own included. It ends them when the command ends, and when the other end of the command's control
socket is closed, as it is when the program dies. What a supervisor that was killed has left, the
keeper ends.

The keeper is sent the descriptor of a socket for each new supervisor. An order to a supervisor is a
length in four bytes with the descriptors of stdin, stdout, stderr and the control socket, then
JSON: `argv`, `env`, `cwd`, `limits` (names of `resource`, two values each), `seconds` and
`processes`. It writes one JSON object to the control socket: `{"code": 0}`, or `{"error": "..."}`
where the command cannot be started; `clean` says that nothing of it is left.
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
_PATIENCE = 10.0
"""Seconds in which killed processes have to be gone."""
_FREEZES = 64
"""Times that a tree is looked at again for what it has forked meanwhile."""


_prctl: Any = getattr(ctypes.CDLL(None), "prctl", None)
"""What makes this process the parent of orphans; Linux only."""


def main() -> None:
    """Fork a supervisor for each socket that comes over the one that is stdin."""
    requests = socket.socket(fileno=os.dup(0))
    asked = requests.fileno()
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)  # what is forked from here must not hold the socket
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    _adopt_orphans()
    children = _woken_by_children()
    supervisors: set[int] = set()
    gc.disable()
    gc.freeze()  # what is never looked at again is never copied by a fork
    while True:
        ready, _, _ = select.select([asked, children], [], [])
        if children in ready:
            _drain(children)
            _reap(supervisors)
        if asked in ready:
            _, descriptors = _with_descriptors(requests, 1, 1)
            if not descriptors:
                return
            supervisor = os.fork()
            if not supervisor:
                requests.close()
                _supervise(descriptors[0])
            supervisors.add(supervisor)
            os.close(descriptors[0])
            requests.send(b"+")


def _supervise(orders: int) -> NoReturn:
    """Run what is ordered, until nobody can order any more or something cannot be ended."""
    try:
        _adopt_orphans()
        children = _woken_by_children()
        with socket.socket(fileno=orders) as incoming:
            while (received := _received(incoming)) is not None and _serve(*received, children):
                pass
    finally:
        os._exit(0)


def _received(orders: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    head, descriptors = _with_descriptors(orders, 4, 4)
    if len(head) < 4:  # noqa: PLR2004 - the length of a length
        return None
    body, length = b"", int.from_bytes(head, "big")
    while len(body) < length:
        part = orders.recv(length - len(body))
        if not part:
            return None
        body += part
    return json.loads(body), descriptors


def _with_descriptors(line: socket.socket, size: int, most: int) -> tuple[bytes, list[int]]:
    """What comes over a socket; no command inherits the descriptors.

    Python 3.11 ignores the flag of `recv_fds` that would have the system see to that.
    """
    content, descriptors, _, _ = socket.recv_fds(line, size, most)
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)
    return content, descriptors


def _serve(order: dict[str, Any], descriptors: list[int], children: int) -> bool:
    """Run a command to its end; whether nothing of it is left."""
    *streams, control = descriptors
    error, command = _started(order, streams)
    for stream in streams:
        os.close(stream)
    said: dict[str, Any] = {"error": error}
    if not error:
        said = {"code": _waited(command, control, children)}
    is_clean = said["clean"] = _end_all(command)
    with contextlib.suppress(OSError):
        os.write(control, json.dumps(said).encode())
    os.close(control)
    return is_clean


def _reap(supervisors: set[int]) -> None:
    """Take leave of supervisors that ended, and end what one that was killed has left.

    One that was stopped, which only its command can have done, is ended.
    """
    with contextlib.suppress(ChildProcessError):
        while True:
            ended, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
            if not ended:
                break
            if os.WIFSTOPPED(status):
                _kill({ended})
            else:
                supervisors.discard(ended)
    strangers = _children(os.getpid()) - supervisors
    if strangers:
        _kill(strangers | {one for stranger in strangers for one in _below(stranger)})


def _started(order: dict[str, Any], streams: list[int]) -> tuple[str, int]:
    """Why the command cannot be started (or nothing), and its process.

    What it inherits is set here first: a process that is spawned, and not forked, starts at once.
    """
    try:
        os.chdir(order["cwd"])
        for name, (soft, hard) in order["limits"].items():
            _limit(0, name, soft, hard)
        program = _located(order["argv"][0], order["env"].get("PATH", os.defpath))
        actions = [(os.POSIX_SPAWN_DUP2, stream, place) for place, stream in enumerate(streams)]
        command = os.posix_spawn(
            program,
            order["argv"],
            order["env"],
            file_actions=actions,
            setsid=True,
            setsigdef=_DEFAULTS,
            setsigmask=(),
        )
    except (OSError, ValueError) as error:
        return (getattr(error, "strerror", None) or str(error)), 0
    for name, value in (("RLIMIT_CPU", order["seconds"]), ("RLIMIT_NPROC", order["processes"])):
        if value is not None:  # not what a supervisor of many commands can have itself
            more = _tasks() if name == "RLIMIT_NPROC" else 0
            _limit(command, name, value + more, value + more)
    return "", command


_DEFAULTS = tuple(signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP})
"""All that can be ignored: what a shell starts in the background ignores SIGQUIT, for one."""


def _located(program: str, path: str) -> str:
    """The program's file, as a shell finds it."""
    if "/" in program:
        return program
    files = [f"{folder or '.'}/{program}" for folder in path.split(os.pathsep)]
    for file in files:
        if os.access(file, os.X_OK) and not os.path.isdir(file):  # noqa: PTH112 - see below
            return file
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), program)


def _limit(process: int, name: str, soft: int, hard: int) -> None:
    """Set a limit, or the highest one that this process may set; 0 is this process."""
    kind = getattr(resource, name, None)
    change: Any = getattr(resource, "prlimit", None)
    if kind is None or (process and not change):
        return
    ceiling = resource.getrlimit(kind)[1]
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    with contextlib.suppress(OSError, ValueError):
        if process:
            change(process, kind, (soft, hard))
        else:
            resource.setrlimit(kind, (soft, hard))


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


def _end_all(command: int) -> bool:
    """End everything below this process; whether all of it is gone."""
    if command and _prctl is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(command, signal.SIGKILL)
        _take_leave()
        return True
    ends = time.monotonic() + _PATIENCE
    while _children(os.getpid()):
        _kill(_frozen())
        _take_leave()
        if time.monotonic() > ends:
            return False
        time.sleep(0.001)
    return True


def _take_leave() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


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
    if _prctl:
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
