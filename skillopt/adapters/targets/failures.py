"""Whose failure it is when the caller's own code raises."""

from __future__ import annotations

from skillopt.adapters.models.failures import Remedy, chain, remedy
from skillopt.adapters.models.secrets import redacted
from skillopt.errors import CallFailed, RunStopped, SkilloptError, TargetError

_PROVIDERS = frozenset({"litellm", "openai", "anthropic"})


def sorted_error(error: Exception, *, who: str) -> SkilloptError:
    """``error`` as one of skillopt's.

    A provider's exception that comes out of an agent of the caller's own is still a provider's:
    missing data (or the end of the run), never a score. Everything else is the target's own.

    Args:
        error: what was raised.
        who: the target, for the message.
    """
    if isinstance(error, SkilloptError):
        return error
    message = redacted(f"{who}: {type(error).__name__}: {error}")
    for cause in chain(error):
        if type(cause).__module__.partition(".")[0] in _PROVIDERS:
            helps = remedy(cause) if isinstance(cause, Exception) else Remedy.GIVE_UP
            if helps is Remedy.STOP:
                return RunStopped(message)
            return CallFailed(message, passing=helps is Remedy.RETRY)
    return TargetError(message)
