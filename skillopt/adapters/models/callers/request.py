"""One request to a model, and what came back."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

from skillopt.adapters.models.dialect import STREAM
from skillopt.adapters.models.failures import AttemptFailed, failed_attempt
from skillopt.adapters.models.prices import Prices
from skillopt.adapters.models.replies import Said, said_in, usage_of
from skillopt.adapters.models.tool_calls import called_tools
from skillopt.core.endings import Ending
from skillopt.core.evaluation.rollout import Usage


class Request(NamedTuple):
    """What is sent, and how it is to be read."""

    messages: list[dict[str, str]]
    params: dict[str, Any]
    """Arguments of `litellm.acompletion`."""
    timeout: float
    """Seconds."""
    prices: Prices | None
    """Named ones; they win over LiteLLM's list."""
    calls_tools: bool
    """A call of a tool is an answer."""


class Answer(NamedTuple):
    """What came back; it has been paid, also where it says nothing."""

    said: Said | AttemptFailed
    used: Usage


async def send(litellm: Any, request: Request) -> Answer:
    """Send a request and read what comes back.

    Raises:
        AttemptFailed: nothing did, or nothing that can be read.
    """
    try:
        response = await _response(litellm, request)
        used = usage_of(litellm, response, request.messages, prices=request.prices)
        return Answer(_said(response, request), used)
    except Exception as error:
        raise failed_attempt(error) from error


async def _response(litellm: Any, request: Request) -> Any:
    messages, params = request.messages, request.params
    async with asyncio.timeout(request.timeout):
        response = await litellm.acompletion(messages=messages, **params)
        if STREAM not in params:
            return response
        chunks = [chunk async for chunk in response]
        return litellm.stream_chunk_builder(chunks, messages=messages)


def _said(response: Any, request: Request) -> Said | AttemptFailed:
    called = called_tools(response) if request.calls_tools else None
    if called is not None:
        return Said(called, "", Ending.COMPLETE)
    try:
        return said_in(response)
    except AttemptFailed as failed:
        return failed
