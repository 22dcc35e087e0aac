"""Whose failure it is when the caller's own code raises."""

from __future__ import annotations

import socket

from skillopt.adapters.guard import described
from skillopt.adapters.models.failures import Remedy, chain, remedy
from skillopt.adapters.models.outage import Outage
from skillopt.adapters.secrets import redacted
from skillopt.errors import CallFailed, RunStopped, SkilloptError, TargetError

_PROVIDERS = frozenset({"litellm", "openai", "anthropic"})
_CLIENTS = frozenset({"httpx", "httpcore", "requests", "urllib3", "aiohttp"})
_LOST = ("Connect", "Timeout", "Protocol", "Disconnected", "ReadError", "WriteError")
"""In the names of their classes for a connection that was not had, or was lost."""


def sorted_error(error: Exception, *, who: str) -> SkilloptError:
    """``error`` as one of skillopt's.

    A provider's exception that comes out of an agent of the caller's own is still a provider's:
    missing data (or the end of the run), never a score; and so is a connection that is lost.
    Everything else is the target's own.

    Args:
        error: what was raised.
        who: the target, for the message.
    """
    if isinstance(error, SkilloptError):
        return error
    message = redacted(f"{who}: {described(error, most=4_000)}")
    for cause in chain(error):
        if type(cause).__module__.partition(".")[0] in _PROVIDERS:
            helps = remedy(cause) if isinstance(cause, Exception) else Remedy.GIVE_UP
            if helps is Remedy.STOP:
                return RunStopped(message)
            return CallFailed(message, passing=helps is Remedy.RETRY)
    if any(_lost_connection(cause) for cause in chain(error)):
        return CallFailed(message)
    return TargetError(message)


def counted_error(error: SkilloptError, *, outage: Outage) -> SkilloptError:
    """``error``, or the end of the run where one call after another has failed.

    Args:
        error: what a call of the target ended with.
        outage: counts the calls of the target.
    """
    if not isinstance(error, CallFailed):
        return error
    down = outage.failure(passing=error.passing, requests=1)
    if down is None:
        return error
    way_out = ". Run the same command to resume when it answers" if error.passing else ""
    kept = "What was answered before is kept"
    return RunStopped(f"{error}; {down}. {kept}{way_out}", used=error.used)


def _lost_connection(error: BaseException) -> bool:
    if isinstance(error, ConnectionError | socket.gaierror):
        return True
    kind = type(error)
    client = kind.__module__.partition(".")[0] in _CLIENTS
    return client and any(mark in kind.__name__ for mark in _LOST)
