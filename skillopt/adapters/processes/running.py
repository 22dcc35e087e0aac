"""Runs a command to its end, and everything that it has started."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import tempfile
from collections.abc import Callable
from dataclasses import dataclass

from skillopt.adapters.processes.starting import Order, Started, replace_keeper, start
from skillopt.errors import CallFailed

_CHUNK = 65_536
_PATIENCE = 20.0
"""Seconds for a command that was ended to be gone."""
_TRIES = 3
"""How often a read that fails is tried: what there is to read is still there."""
_LAST_WORDS = 1.0
"""Seconds for what is still in a pipe when all that could write to it is gone."""


class NotStarted(Exception):  # noqa: N818 - it names what happened
    """The command could not be started; the message says why."""


class PrintedTooMuch(Exception):  # noqa: N818
    """The command printed more than it may, and was ended."""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    """Its exit code; the number of the signal that ended it, below 0."""
    out: bytes
    err: bytes


@dataclass(frozen=True)
class Caps:
    """What is kept of a command's output, and when it is too much, in bytes."""

    out: int
    """All of stdout is kept up to here; None of it may follow."""
    err: int
    """Of stderr the end is kept."""
    err_total: int
    """What stderr may come to in all."""
    joined: bool = False
    """Stdout goes where stderr goes."""


async def run(order: Order, given: bytes, *, caps: Caps, within: float | None) -> Ended:
    """Run a command with ``given`` on its standard input; nothing of it is left when this returns.

    Raises:
        NotStarted: there is no such program, or the system refuses it.
        PrintedTooMuch: it was ended for that.
        TimeoutError: it took longer than ``within`` seconds, and was ended.
        CallFailed: the system did not let its output be read.
    """
    stop = asyncio.Event()
    with contextlib.ExitStack() as stack:
        # A file and no pipe: a command that does not read it is no trouble.
        asked = stack.enter_context(tempfile.TemporaryFile(buffering=0))
        asked.write(given)
        asked.seek(0)
        err = _Reader(keep=caps.err, most=caps.err_total, over=stop.set)
        out = err if caps.joined else _Reader(keep=caps.out, most=caps.out, over=stop.set)
        readers = {out, err}
        for reader in readers:
            stack.callback(reader.close)
        try:
            started = start(order, stdin=asked.fileno(), stdout=out.writing, stderr=err.writing)
        except OSError as error:
            raise NotStarted(error.strerror or str(error)) from None
        for reader in readers:
            reader.listen()
        code = await _code(started, stop, within)
        await _last_words(readers)
        if stop.is_set():
            raise PrintedTooMuch
        for reader in readers:
            if reader.broken is not None:
                raise _unread(reader.broken)
        return Ended(code, bytes(out.kept), bytes(err.kept))


async def _code(started: Started, stop: asyncio.Event, within: float | None) -> int:
    report = asyncio.create_task(_report(started.control))
    said: dict[str, object] = {}
    too_much = asyncio.create_task(stop.wait())
    try:
        async with asyncio.timeout(within):
            await asyncio.wait({report, too_much}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        too_much.cancel()
        with contextlib.suppress(OSError):
            started.control.shutdown(socket.SHUT_WR)  # whatever is left of it is ended
        try:
            async with asyncio.timeout(_PATIENCE):
                said = await report
        except TimeoutError:
            replace_keeper()
        finally:
            started.close(is_clean=said.get("clean") is True)
    if stop.is_set():
        return -1
    if "error" in said:
        raise NotStarted(str(said["error"]))
    code = said.get("code")
    return code if isinstance(code, int) else -signal.SIGKILL  # what watches over it was killed


async def _report(control: socket.socket) -> dict[str, object]:
    content = b""
    with contextlib.suppress(ConnectionError):
        while part := await _received(control):
            content += part
    try:
        said: dict[str, object] = json.loads(content)
    except ValueError:
        return {}
    return said


async def _received(control: socket.socket) -> bytes:
    """What has come next; empty at its end."""
    loop = asyncio.get_running_loop()
    for left in reversed(range(_TRIES)):
        try:
            return await loop.sock_recv(control, 4096)
        except ConnectionError:
            raise
        except OSError as error:
            if not left:
                raise _unread(error) from error
    raise AssertionError("the last try returns or raises")


def _unread(error: OSError) -> CallFailed:
    """Nobody knows what the command said: that is no failure of its own."""
    return CallFailed(f"the output of a command could not be read: {error.strerror or error}")


async def _last_words(readers: set[_Reader]) -> None:
    """Read what is left; a pipe that was handed to a process elsewhere may stay open for ever."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LAST_WORDS):
            for reader in readers:
                await reader.ended.wait()


class _Reader:
    """Reads a pipe as it fills."""

    def __init__(self, *, keep: int, most: int, over: Callable[[], object]) -> None:
        self._reading, self.writing = os.pipe()
        self._keep, self._most, self._over = keep, most, over
        self._total = self._tries = 0
        self.kept = bytearray()
        self.ended = asyncio.Event()
        self.broken: OSError | None = None
        """Why it could not be read to its end."""

    def listen(self) -> None:
        os.close(self.writing)
        self.writing = -1
        os.set_blocking(self._reading, False)
        asyncio.get_running_loop().add_reader(self._reading, self._read)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._reading)
        os.close(self._reading)
        if self.writing >= 0:
            os.close(self.writing)

    def _read(self) -> None:
        try:
            chunk = os.read(self._reading, _CHUNK)
        except BlockingIOError:
            return
        except OSError as error:
            self._tries += 1
            if self._tries < _TRIES:
                return  # the loop calls again while there is something to read
            self.broken, chunk = error, b""
        self._total += len(chunk)
        self.kept += chunk
        del self.kept[: -self._keep]
        if self._total > self._most:
            self._over()
        if not chunk or self._total > self._most:
            asyncio.get_running_loop().remove_reader(self._reading)
            self.ended.set()
