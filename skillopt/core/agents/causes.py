"""Whose failure it is, as far as a client says: its provider's, or the agent's own."""

from __future__ import annotations

import re

from skillopt.core.agents.stream import Cause

_FINAL_NAMES = frozenset(
    {
        # Claude Code
        *("authentication_failed", "oauth_org_not_allowed", "account_on_hold", "billing_error"),
        *("model_not_found", "cloud_credential_error"),
        *("authentication", "authorization", "quota"),  # Copilot
        *("ProviderAuthError", "ProviderModelNotFoundError", "ModelNotFoundError"),  # OpenCode
        *(
            "FatalAuthenticationError",
            "FatalUntrustedWorkspaceError",
            "TerminalQuotaError",
        ),  # Gemini
    }
)
_PASSING_NAMES = frozenset(
    {"rate_limit", "overloaded", "server_error", "RetryableQuotaError"},
)
_OWN_NAMES = frozenset(
    {
        *("invalid_request", "max_output_tokens", "context_limit"),
        *("MessageOutputLengthError", "ContextOverflowError", "MessageAbortedError"),
        *("FatalTurnLimitedError", "FatalToolExecutionError"),
    }
)
_CATEGORIES: dict[Cause, frozenset[str]] = {
    "final": _FINAL_NAMES,
    "passing": _PASSING_NAMES,
    "agent": _OWN_NAMES,
}
_FINAL_STATUS = frozenset({401, 402, 403, 404})
_OWN_STATUS = frozenset({400, 405, 406, 409, 410, 411, 412, 413, 414, 415, 422})
"""What was asked was wrong, such as too long a prompt."""

_FINAL_WORDS = re.compile(
    r"unauthori[sz]ed|not logged in|please (?:run [`'/]*login|log ?in|sign in)|invalid api key"
    r"|api key (?:is )?(?:not|missing|invalid)|authenticat(?:ion|e) (?:failed|required|error)"
    r"|no auth(?:entication)?(?: credentials| information| method)|usage limit|insufficient_quota"
    r"|quota exceeded|exceeded your (?:current )?quota|credit balance|billing"
    r"|model_not_found|model .{0,80}(?:does not exist|is not supported|is not available|not found)"
    r"|not running in a trusted directory",
    re.IGNORECASE,
)
_PASSING_WORDS = re.compile(
    r"rate.?limit|too many requests|overloaded|service unavailable|bad gateway|gateway time-?out"
    r"|internal server error|stream disconnected|connection (?:refused|reset|error|closed)"
    r"|ECONNRE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|fetch failed|error sending request"
    r"|high demand|at capacity",
    re.IGNORECASE,
)
_STATUS = re.compile(r"(?:status|error|HTTP|code)\D{0,12}\b([45]\d\d)\b", re.IGNORECASE)


def cause_of(message: str, *, status: int | None = None, category: str = "") -> Cause:
    """Whose failure it is.

    Args:
        message: what the client says, for people; only looked through where the rest says nothing.
        status: the HTTP status of the provider's answer.
        category: the client's own word for it.
    """
    for cause, categories in _CATEGORIES.items():
        if category in categories:
            return cause
    if status is None and (found := _STATUS.search(message)):
        status = int(found[1])
    if status in _OWN_STATUS:
        return "agent"
    if status in _FINAL_STATUS or _FINAL_WORDS.search(message):
        return "final"
    return "passing" if status is not None or _PASSING_WORDS.search(message) else "agent"
