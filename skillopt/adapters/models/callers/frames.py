"""Requests and answers as bytes: a length, the request's number, and JSON."""

from __future__ import annotations

import json
import struct
from asyncio import StreamReader
from typing import Any, NamedTuple

from skillopt.adapters.models.callers.request import Answer, Request
from skillopt.adapters.models.failures import AttemptFailed, Remedy
from skillopt.adapters.models.prices import Prices
from skillopt.adapters.models.replies import Said
from skillopt.core.endings import Ending
from skillopt.core.evaluation.rollout import Usage

_HEAD = struct.Struct(">IQ")
READY = 0
"""The number of what a process says first; those of requests are greater."""
GIVEN_UP = b""
"""In place of a request: the one of that number is given up."""


def framed(number: int, body: bytes) -> bytes:
    """A frame."""
    return _HEAD.pack(len(body), number) + body


async def next_frame(reader: StreamReader) -> tuple[int, bytes]:
    """The next frame's number and body.

    Raises:
        IncompleteReadError: the other side has ended.
    """
    length, number = _HEAD.unpack(await reader.readexactly(_HEAD.size))
    return number, await reader.readexactly(length)


def written_ready(cpu: float) -> bytes:
    """What a process says first: the seconds of CPU that its start has taken."""
    return json.dumps(cpu).encode()


def read_ready(body: bytes) -> float:
    """The same.

    Raises:
        ValueError: no process that makes calls says that.
    """
    return float(body)


def written_request(request: Request) -> bytes | None:
    """A request as the body of a frame; None where it holds an object that JSON cannot carry."""
    try:
        return json.dumps(request._asdict()).encode()
    except (TypeError, ValueError):
        return None


def read_request(body: bytes) -> Request:
    """The request in a frame's body."""
    fields: dict[str, Any] = json.loads(body)
    prices = fields["prices"]
    return Request(**{**fields, "prices": Prices(*prices) if prices else None})


def written_answer(told: Answer | AttemptFailed, *, cpu: float) -> bytes:
    """The answer to a request, or how it failed, as the body of a frame.

    Args:
        told: it.
        cpu: seconds of CPU that the process has taken so far.
    """
    fields: dict[str, Any] = {"cpu": cpu}
    if isinstance(told, Answer):
        used = told.used
        fields["used"] = [used.calls, used.prompt_tokens, used.completion_tokens, used.cost]
    said = told.said if isinstance(told, Answer) else told
    if isinstance(said, AttemptFailed):
        fields["failed"] = {**vars(said), "message": str(said), "remedy": said.remedy.value}
    else:
        fields["said"] = said
    return json.dumps(fields).encode()


class Told(NamedTuple):
    """What a process says of a request."""

    answer: Answer | AttemptFailed
    cpu: float
    """Seconds that it has taken so far."""


def read_answer(body: bytes) -> Told:
    """The answer in a frame's body."""
    fields: dict[str, Any] = json.loads(body)
    failed = _failure(fields["failed"]) if "failed" in fields else None
    if "used" not in fields:
        assert failed is not None, "nothing is used where a request failed"
        return Told(failed, fields["cpu"])
    calls, prompt, completion, cost = fields["used"]
    used = Usage(calls=calls, prompt_tokens=prompt, completion_tokens=completion, cost=cost)
    return Told(Answer(failed or _said(*fields["said"]), used), fields["cpu"])


def _said(text: str, reasoning: str, ending: str) -> Said:
    return Said(text, reasoning, Ending(ending))


def _failure(fields: dict[str, Any]) -> AttemptFailed:
    more = {name: value for name, value in fields.items() if name not in ("message", "remedy")}
    return AttemptFailed(fields["message"], Remedy(fields["remedy"]), **more)
