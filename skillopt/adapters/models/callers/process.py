"""A process that makes calls, from this side."""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
import sys
from asyncio import StreamReader, StreamWriter, Task
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable
from subprocess import DEVNULL
from typing import NamedTuple, Self

from skillopt.adapters.import_paths import import_paths
from skillopt.adapters.models.callers.frames import (
    GIVEN_UP,
    framed,
    next_frame,
    read_answer,
    read_ready,
)
from skillopt.adapters.models.callers.request import Answer
from skillopt.adapters.models.failures import AttemptFailed, Remedy

PROGRAM = "skillopt.adapters.models.callers.program"
_STARTING = 60.0
"""Seconds in which a process has to have imported LiteLLM."""
_ENDING = 5.0
"""Seconds that a process has to end by itself."""
LONGEST_DELAY = 30.0
"""Seconds beyond a request's own time after which a process is taken to hang."""
_numbers = itertools.count(1)


class Started(NamedTuple):
    """A process that has been started."""

    line: socket.socket
    end: Callable[[], Awaitable[None]]
    """Ends it, once the line is closed."""


class CallerProcess:
    """A process that makes calls, as many at once as it is given.

    Args:
        started: it.
        reader, writer: the two ends of its line.
        late: seconds beyond a request's own time after which the process is taken to hang.
    """

    def __init__(
        self, started: Started, reader: StreamReader, writer: StreamWriter, *, late: float
    ) -> None:
        self._end = started.end
        self._late = late
        self._reader = reader
        self._writer = writer
        self._waiting: dict[int, asyncio.Future[Answer | AttemptFailed]] = {}
        self._hearing: Task[None] | None = None
        self.cpu = 0.0
        """Seconds that it has taken so far, as of what it said last."""

    @classmethod
    async def open(
        cls, start: Callable[[], Awaitable[Started]], *, late: float = LONGEST_DELAY
    ) -> Self:
        """Start one, and wait until it can make calls.

        Args:
            start: starts it.
            late: as for the class.

        Raises:
            OSError, EOFError, ValueError: it could not be started, or ended at once.
            TimeoutError: it took too long.
        """
        started = await start()
        process = cls(started, *await asyncio.open_connection(sock=started.line), late=late)
        try:
            async with asyncio.timeout(_STARTING):
                process.cpu = read_ready((await next_frame(process._reader))[1])
        except BaseException:
            await process.close()
            raise
        process._hearing = asyncio.create_task(process._hear())
        return process

    @property
    def is_gone(self) -> bool:
        """It makes no more calls."""
        return self._hearing is None or self._hearing.done()

    @property
    def in_flight(self) -> int:
        """Calls that it has not answered."""
        return len(self._waiting)

    async def send(self, request: bytes, *, timeout: float) -> Answer:  # noqa: ASYNC109 - the request's
        """Let it send a request.

        Args:
            request: as the body of a frame.
            timeout: the request's, in seconds.

        Raises:
            AttemptFailed: the request failed, or the process has ended.
        """
        number = next(_numbers)
        told: asyncio.Future[Answer | AttemptFailed] = asyncio.get_running_loop().create_future()
        self._waiting[number] = told
        self._writer.write(framed(number, request))
        try:
            async with asyncio.timeout(timeout + self._late):
                answer = await told
        except asyncio.CancelledError:
            self._writer.write(framed(number, GIVEN_UP))
            raise
        except TimeoutError:
            self._writer.transport.abort()  # the others fail now, and are made elsewhere
            answer = AttemptFailed("no answer in time", Remedy.RETRY, timed_out=True, lost=True)
        finally:
            del self._waiting[number]
        if isinstance(answer, AttemptFailed):
            raise answer
        return answer

    async def close(self) -> None:
        """End it."""
        if self._hearing is not None:
            self._hearing.cancel()
        self._writer.transport.abort()
        await self._end()

    async def _hear(self) -> None:
        """Hand out answers, until there are no more."""
        try:
            while True:
                number, body = await next_frame(self._reader)
                answer, self.cpu = read_answer(body)
                self._tell(number, answer)
        except Exception:  # noqa: BLE001 - it has ended, or says what it should not
            self._writer.transport.abort()
        finally:
            for number in self._waiting:
                lost = "the process that made the call has ended"
                self._tell(number, AttemptFailed(lost, Remedy.RETRY, lost=True))

    def _tell(self, number: int, answer: Answer | AttemptFailed) -> None:
        waiting = self._waiting.get(number)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)


async def start_process() -> Started:
    """Start a process that makes calls; it ends when its line does, and with this one.

    Raises:
        OSError: it could not be started.
    """
    ours, theirs = socket.socketpair()
    try:
        with theirs:
            process = await _started(theirs)
    except BaseException:
        ours.close()
        raise

    async def end() -> None:
        try:
            async with asyncio.timeout(_ENDING):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    return Started(ours, end)


async def _started(line: socket.socket) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        PROGRAM,
        stdin=line.fileno(),
        stdout=DEVNULL,
        stderr=DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(import_paths())},
        start_new_session=True,  # Ctrl+C is for this process, which ends the others in order
    )
