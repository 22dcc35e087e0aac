"""The program of a process that makes calls, over a line of its own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest

from skillopt.adapters.models.callers.frames import (
    GIVEN_UP,
    READY,
    framed,
    next_frame,
    read_answer,
    read_ready,
    written_request,
)
from skillopt.adapters.models.callers.program import serve
from skillopt.adapters.models.callers.request import Answer, Request
from skillopt.adapters.models.failures import AttemptFailed
from skillopt.adapters.models.replies import Said
from skillopt.core.endings import Ending
from tests import loopback as says
from tests.adapters.models.opening import until
from tests.loopback import Loopback


class Line(NamedTuple):
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    served: asyncio.Task[None]

    async def told(self) -> tuple[int, Answer | AttemptFailed]:
        number, body = await next_frame(self.reader)
        return number, read_answer(body).answer


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    ours, theirs = socket.socketpair()
    served = asyncio.create_task(serve(theirs))
    reader, writer = await asyncio.open_connection(sock=ours)
    number, body = await next_frame(reader)
    assert number == READY
    assert read_ready(body) > 0
    yield Line(reader, writer, served)
    writer.close()
    await served
    await until(lambda: ours.fileno() < 0)


def request(loopback: Loopback) -> bytes:
    params = {"model": "openai/m", "api_base": loopback.base, "api_key": "-", "max_retries": 0}
    messages = [{"role": "user", "content": "Hello"}]
    written = written_request(Request(messages, params, 60.0, None, calls_tools=False))
    assert written is not None
    return written


async def test_each_answer_has_the_number_of_its_request(line: Line, loopback: Loopback) -> None:
    loopback.script(says.text("one"), says.status(400, "no"))
    line.writer.write(framed(7, request(loopback)))
    number, answer = await line.told()
    assert isinstance(answer, Answer)
    assert (number, answer.said) == (7, Said("one", "", Ending.COMPLETE))
    line.writer.write(framed(9, request(loopback)))
    number, failed = await line.told()
    assert isinstance(failed, AttemptFailed)
    assert (number, failed.status) == (9, 400)


async def test_one_that_is_given_up_ends_and_the_others_go_on(
    line: Line, loopback: Loopback
) -> None:
    loopback.script(says.hang(), says.text("two"))
    line.writer.write(framed(1, request(loopback)))
    await loopback.asked.wait()
    line.writer.write(framed(1, GIVEN_UP) + framed(5, GIVEN_UP) + framed(2, request(loopback)))
    number, answer = await line.told()
    assert isinstance(answer, Answer)
    assert (number, answer.said) == (2, Said("two", "", Ending.COMPLETE))
    await until(lambda: loopback.in_flight == 0)


async def test_it_ends_with_its_line(line: Line, loopback: Loopback) -> None:
    loopback.script(says.hang())
    line.writer.write(framed(1, request(loopback)))
    await loopback.asked.wait()
    line.writer.close()
    await line.served
