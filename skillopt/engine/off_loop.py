"""Work on what a model or a target said, which may be large: off the event loop where it is.

A run answers Ctrl-C, time limits and other requests only while its loop is free.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel

from skillopt.core.evaluation.rollout import Reply
from skillopt.core.replies import Read, read_reply

Result = TypeVar("Result")
Shape = TypeVar("Shape", bound=BaseModel)

LARGE = 20_000
"""Characters from which on a thread is worth its start, which takes some 0.1 ms."""


async def read(text: str, work: Callable[[], Result]) -> Result:
    """What ``work`` makes of ``text``; in a thread where the text is large.

    Args:
        text: what is worked on.
        work: pure, since it is not ended when the run is cancelled.

    Raises:
        Exception: whatever ``work`` raises.
    """
    return await asyncio.to_thread(work) if len(text) >= LARGE else work()


async def read_as(reply: Reply, shape: type[Shape]) -> Read[Shape]:
    """The object in a reply.

    Raises:
        BadReply: there is none of this shape.
    """
    return await read(
        reply.text,
        lambda: read_reply(reply.text, shape=shape, ending=reply.ending, reasoning=reply.reasoning),
    )
