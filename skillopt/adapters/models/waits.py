"""How long to wait before a request is sent again."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

FIRST_WAIT = 0.5
"""Seconds before the first repetition, without a word from the provider; doubles each time."""
LONGEST_WAIT = 30.0
"""Seconds at most, without a word from the provider."""
LONGEST_ASKED_WAIT = 60.0
"""Seconds at most, where the provider asks for a wait."""


def waiting_time(attempt: int, *, asked: float | None, chance: float) -> float:
    """Seconds to wait after the ``attempt``-th request (from 1).

    Args:
        attempt: how many requests were sent.
        asked: seconds the provider asks for; what it says is kept up to a cap.
        chance: a number in [0, 1); spreads calls that failed together.
    """
    doubled = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** (attempt - 1))
    if asked is not None:
        return min(LONGEST_ASKED_WAIT, asked) + chance * FIRST_WAIT
    return doubled * (0.5 + 0.5 * chance)


def retry_after(error: Exception, *, now: datetime | None = None) -> float | None:
    """Seconds that the provider's answer asks to wait: `Retry-After`, as seconds or as a date."""
    headers = _headers(error)
    given = headers.get("retry-after-ms"), headers.get("retry-after")
    for text, scale in zip(given, (0.001, 1.0), strict=True):
        seconds = _number(text, scale)
        if seconds is not None:
            return seconds
    try:
        date = parsedate_to_datetime(str(given[1]))
    except ValueError:
        return None
    until = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())


def _headers(error: Exception) -> dict[str, Any]:
    """LiteLLM keeps the real headers beside the response it makes up."""
    response = getattr(error, "response", None)
    for headers in (
        getattr(error, "litellm_response_headers", None),
        getattr(response, "headers", None),
    ):
        if headers:
            return {str(name).lower(): value for name, value in dict(headers).items()}
    return {}


def _number(text: Any, scale: float) -> float | None:
    try:
        seconds = float(text) * scale
    except (TypeError, ValueError):
        return None
    return seconds if 0 <= seconds < float("inf") else None
