"""The program of a process that makes calls: reads requests, and answers each as it comes back.

Its line is its standard input, a socket.
"""

from __future__ import annotations

import asyncio
import socket
import time
from asyncio import StreamWriter, Task
from functools import partial
from typing import Any

from skillopt.adapters.models.callers.frames import (
    GIVEN_UP,
    READY,
    framed,
    next_frame,
    read_request,
    written_answer,
    written_ready,
)
from skillopt.adapters.models.callers.request import Answer, send
from skillopt.adapters.models.failures import AttemptFailed
from skillopt.adapters.models.library import load_litellm


async def serve(line: socket.socket) -> None:
    """Make calls until the other side of ``line`` ends."""
    litellm = load_litellm()
    reader, writer = await asyncio.open_connection(sock=line)
    writer.write(framed(READY, written_ready(time.process_time())))
    calls: dict[int, Task[None]] = {}
    try:
        while True:
            number, body = await next_frame(reader)
            if body != GIVEN_UP:
                calls[number] = asyncio.create_task(_make(litellm, number, body, writer))
                calls[number].add_done_callback(partial(_forget, calls, number))
            elif number in calls:
                calls[number].cancel()
    except (asyncio.IncompleteReadError, OSError):
        for call in calls.values():
            call.cancel()
    finally:
        writer.close()


def _forget(calls: dict[int, Task[None]], number: int, _: Task[None]) -> None:
    del calls[number]


async def _make(litellm: Any, number: int, body: bytes, writer: StreamWriter) -> None:
    told: Answer | AttemptFailed
    try:
        told = await send(litellm, read_request(body))
    except AttemptFailed as failed:
        told = failed
    writer.write(framed(number, written_answer(told, cpu=time.process_time())))


if __name__ == "__main__":
    asyncio.run(serve(socket.socket(fileno=0)))
