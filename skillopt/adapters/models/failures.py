"""What to do about a failed request: try again, give up the call, or stop the run.

==================================================  ==========================================
what happened                                       what is done
==================================================  ==========================================
no answer in time, connection lost or refused       again; then the call is given up. Refused by
                                                    an address that never answered: the run stops
408, 409, 425, 429, 5xx (529 too)                   again, after the wait that it asks for
402, 403, 429 for a quota that name a wait          again, after that wait
a wait longer than a quarter of an hour             the run stops: it can be resumed then
a body that is cut off, HTML, no JSON               again
a reply without choices                             again; it was paid and is counted
a reply without text, or that failed before its end  once more; it was paid and is counted
429 for a used-up quota, 402, naming no time        the run stops: waiting does not fill it
401, 403, 404, 405, 501, unknown provider or model  the run stops
400, 413, 422: too long, not understood             the call is given up
refused or withheld by a content filter             no answer of a target, a bad reply elsewhere
an empty text, one cut off at max_tokens            an answer of a target: the model's own
==================================================  ==========================================

No class of LiteLLM's is sorted by itself where it can carry another status: some providers' 403
arrives as a plain `APIError`, and a lost connection as an `InternalServerError`.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from enum import Enum

from skillopt.adapters.models.stated_waits import stated_wait
from skillopt.adapters.models.waits import LONGEST_ASKED_WAIT
from skillopt.adapters.models.wording import sentence


class Remedy(Enum):
    """What helps."""

    RETRY = "retry"
    RETRY_ONCE = "retry once"
    GIVE_UP = "give up"
    STOP = "stop"
    BY_STATUS = "by status"
    """The class says too little; the HTTP status decides."""


SORTED: dict[str, Remedy] = {
    # LiteLLM's, most of them named after OpenAI's
    "APIConnectionError": Remedy.RETRY,
    "APIError": Remedy.BY_STATUS,
    "APIResponseValidationError": Remedy.RETRY,
    "AuthenticationError": Remedy.STOP,
    "BadGatewayError": Remedy.RETRY,
    "BadRequestError": Remedy.BY_STATUS,
    "BlockedPiiEntityError": Remedy.GIVE_UP,
    "BudgetExceededError": Remedy.STOP,
    "ContentPolicyViolationError": Remedy.GIVE_UP,
    "ContextWindowExceededError": Remedy.GIVE_UP,
    "GuardrailRaisedException": Remedy.GIVE_UP,
    "ImageFetchError": Remedy.GIVE_UP,
    "InternalServerError": Remedy.RETRY,
    "InvalidRequestError": Remedy.BY_STATUS,
    "JSONSchemaValidationError": Remedy.RETRY,
    "LiteLLMUnknownProvider": Remedy.STOP,
    "MidStreamFallbackError": Remedy.BY_STATUS,
    "MockException": Remedy.BY_STATUS,
    "ModelNotMappedError": Remedy.STOP,
    "ModifyResponseException": Remedy.GIVE_UP,
    "NotFoundError": Remedy.STOP,
    "OpenAIError": Remedy.BY_STATUS,
    "PaymentRequiredError": Remedy.STOP,
    "PermissionDeniedError": Remedy.STOP,
    "RateLimitError": Remedy.RETRY,
    "RejectedRequestError": Remedy.GIVE_UP,
    "SensitiveDataRouteException": Remedy.GIVE_UP,
    "ServiceUnavailableError": Remedy.RETRY,
    "Timeout": Remedy.RETRY,
    "UnprocessableEntityError": Remedy.GIVE_UP,
    "UnsupportedParamsError": Remedy.STOP,
    "VectorStoreSearchError": Remedy.GIVE_UP,
    # OpenAI's that LiteLLM has no class of its own for
    "APIStatusError": Remedy.BY_STATUS,
    "APITimeoutError": Remedy.RETRY,
    "ConflictError": Remedy.RETRY,
    "ContentFilterFinishReasonError": Remedy.GIVE_UP,
    "InvalidWebhookSignatureError": Remedy.GIVE_UP,
    "LengthFinishReasonError": Remedy.GIVE_UP,
    "OAuthError": Remedy.STOP,
    "WebSocketConnectionClosedError": Remedy.RETRY,
    "WebSocketQueueFullError": Remedy.RETRY,
    # what custom providers and LiteLLM's own handlers raise
    "BaseLLMException": Remedy.BY_STATUS,
    "CustomLLMError": Remedy.BY_STATUS,
    # `asyncio.timeout` around the request
    "TimeoutError": Remedy.RETRY,
}
"""Every exception class that can come out of a request, by name."""

_AGAIN = frozenset({408, 409, 425, 429})
_HOPELESS = frozenset({401, 402, 403, 404, 405, 501})
_FORMAT_SUSPECTS = frozenset(
    {"APIError", "BadRequestError", "InvalidRequestError", "UnprocessableEntityError"}
)
_WAITABLE = frozenset({402, 403})
"""Statuses that are hopeless, unless the answer says how long to wait."""
_QUOTA = re.compile(r"insufficient_quota|exceeded your current quota|billing", re.IGNORECASE)
_PERIOD = re.compile(
    r"(?:per|this|each|a)[ _-]?(?:second|minute|hour|min\b|sec\b)|\b[RT]P[MS]\b|rate.?limit",
    re.IGNORECASE,
)
"""A quota that fills again by itself, soon."""
_UNREACHABLE = (ConnectionRefusedError, socket.gaierror, ssl.SSLError)
_TIMEOUTS = frozenset(
    {"APITimeoutError", "ConnectTimeout", "ReadTimeout", "TimeoutError", "TimeoutException"}
)
"""On our side of the connection; LiteLLM calls a server's 408 by the name `Timeout`, too."""
_GUESSES = frozenset({"Timeout", "APIConnectionError", "InternalServerError"})
"""What LiteLLM also calls a request to which no server answered."""
_FILTERS = frozenset({"ContentPolicyViolationError", "ContentFilterFinishReasonError"})
_FILTERED = re.compile(
    r"content_filter|content management policy|content_policy_violation", re.IGNORECASE
)
_NO_PROVIDER = "LLM Provider NOT provided"
_NO_KEY = re.compile(r"Missing credentials|api_key client option must be set", re.IGNORECASE)


class AttemptFailed(Exception):  # noqa: N818 - it names an event
    """One request failed.

    Args:
        message: what happened; may still hold secrets.
        remedy: what helps.
        wait: seconds the provider asks to wait, if it does.
        timed_out: no answer came in time.
        lost: the provider may have answered, and billed, what never arrived here.
        unreachable: nothing listens at the address, or nothing that speaks TLS.
        status: the HTTP status, if there was one.
        said: all that was answered, unabridged; may hold secrets.
        format_suspected: the endpoint may only dislike the asked-for reply format.
        filtered: a content filter withheld the reply.
    """

    def __init__(  # noqa: PLR0913 - a record of what was found out
        self,
        message: str,
        remedy: Remedy,
        *,
        wait: float | None = None,
        timed_out: bool = False,
        lost: bool = False,
        unreachable: bool = False,
        status: int | None = None,
        said: str = "",
        format_suspected: bool = False,
        filtered: bool = False,
    ) -> None:
        super().__init__(message)
        self.remedy = remedy
        self.wait = wait
        self.timed_out = timed_out
        self.lost = lost
        self.unreachable = unreachable
        self.status = status
        self.said = said
        self.format_suspected = format_suspected
        self.filtered = filtered


def failed_attempt(error: Exception) -> AttemptFailed:
    """``error``, sorted."""
    status = _status(error)
    unreachable = any(isinstance(e, _UNREACHABLE) for e in chain(error))
    name = type(error).__name__
    wait = stated_wait(chain(error))
    too_long = wait is not None and wait > LONGEST_ASKED_WAIT
    helps = remedy(error)
    return AttemptFailed(
        _described(error, status),
        Remedy.STOP if helps is Remedy.RETRY and too_long else helps,
        wait=wait if helps is Remedy.RETRY else None,
        timed_out=any(type(e).__name__ in _TIMEOUTS for e in chain(error)),
        lost=_lost(error, status) and not unreachable,
        unreachable=unreachable,
        status=status,
        said=_whole(error),
        format_suspected=name == "UnsupportedParamsError"
        or (name in _FORMAT_SUSPECTS and status in (400, 422)),
        filtered=_filtered(error),
    )


def remedy(error: Exception) -> Remedy:
    """What helps against ``error``; what nobody has sorted is given up."""
    text = str(error)
    named = next((SORTED[c.__name__] for c in type(error).__mro__ if c.__name__ in SORTED), None)
    if _NO_PROVIDER in text or _NO_KEY.search(text):
        return Remedy.STOP
    status = _status(error)
    if named is Remedy.BY_STATUS:
        named = by_status(status)
    if named is Remedy.RETRY and status == 429 and _used_up(error):  # noqa: PLR2004
        return Remedy.STOP
    if named is Remedy.STOP and status in _WAITABLE and stated_wait(chain(error)) is not None:
        return Remedy.RETRY
    return named or Remedy.GIVE_UP


def _used_up(error: Exception) -> bool:
    """The quota does not fill by waiting: it names neither a wait nor a period."""
    text = _whole(error)
    if not _QUOTA.search(text) or stated_wait(chain(error)) is not None:
        return False
    return "insufficient_quota" in text or not _PERIOD.search(text)


def by_status(status: int | None) -> Remedy:
    """What helps against an HTTP status."""
    if status in _HOPELESS:
        return Remedy.STOP
    if status is not None and (status in _AGAIN or status >= 500):  # noqa: PLR2004
        return Remedy.RETRY
    return Remedy.GIVE_UP


def chain(error: BaseException) -> Iterator[BaseException]:
    """``error`` and what it came from."""
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        yield at
        at = at.__cause__ or at.__context__


def _filtered(error: Exception) -> bool:
    """A content filter withheld the reply; providers say so by a class, a code or in words."""
    if any(kind.__name__ in _FILTERS for kind in type(error).__mro__):
        return True
    said = f"{getattr(error, 'code', '')} {error}"
    return _status(error) in (400, 422) and _FILTERED.search(said) is not None


def _status(error: Exception) -> int | None:
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) else None


def _whole(error: Exception) -> str:
    return " ".join(f"{at} {getattr(at, 'body', None) or ''}" for at in chain(error))


def _lost(error: Exception, status: int | None) -> bool:
    """No status came from the provider; LiteLLM puts 408 and 500 on what it only guesses."""
    if status is None:
        return True
    guessed = type(error).__name__ in _GUESSES
    return guessed and not any(type(e).__name__ == "HTTPStatusError" for e in chain(error))


def _described(error: Exception, status: int | None) -> str:
    if isinstance(error, TimeoutError) and status is None:
        return "no answer in time"
    text = sentence(error)
    if status is not None and not _lost(error, status):
        return f"{text or 'no message'} ({type(error).__name__}, status {status})"
    return f"{text or 'no message'} ({_lost_by(error)})"


def _lost_by(error: Exception) -> str:
    """The class that says how the connection was lost; LiteLLM's says a server has answered."""
    names = [type(one).__name__ for one in chain(error) if type(one).__name__ not in _GUESSES]
    return names[-1] if names and type(error).__name__ in _GUESSES else type(error).__name__
