"""Tells of each request to a model as it ends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import perf_counter

from skillopt.adapters.models.calls import Call
from skillopt.adapters.models.failures import AttemptFailed
from skillopt.adapters.models.replies import Said
from skillopt.core.events import ModelCalled, ParameterChanged, WaitStarted

OnEvent = Callable[[ModelCalled | WaitStarted | ParameterChanged], None]
"""Hears of requests as they end, of waits as they begin, and of parameters that the endpoint
refuses."""


async def watched(
    attempt: Callable[[Call], Awaitable[Said]], call: Call, *, model: str, tell: OnEvent
) -> Said:
    """What ``attempt`` comes to; ``tell`` gets a request that was sent, with what it used.

    Args:
        attempt: one request.
        call: what it is for.
        model: the model's string.
        tell: hears of it.
    """
    call.sent_at, error, said = None, None, None
    before = call.spent
    try:
        said = await attempt(call)
    except AttemptFailed as failed:
        error = "timeout" if failed.timed_out else str(failed.status or "no answer")
        raise
    finally:
        if call.sent_at is not None and call.spent is not before:
            event = ModelCalled(
                model=model,
                usage=call.last,
                seconds=perf_counter() - call.sent_at,
                ending=said.ending if said else None,
                error=error,
            )
            tell(event)
    return said


def ignored(_event: ModelCalled | WaitStarted | ParameterChanged) -> None:
    """No listener."""
