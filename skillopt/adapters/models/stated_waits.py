"""The wait that a provider's answer asks for: in its headers, its JSON, or its prose.

What it says about time wins over what it calls the failure: "You exceeded your current quota ...
Please retry in 1.4s" is a limit per minute.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_AMOUNT = (
    r"(\d+(?:\.\d+)?)\s*"
    r"(milliseconds?|msecs?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)(?![a-z])"
)
_DURATION = rf"(?:{_AMOUNT}(?:,? (?:and )?)?)+"
_PROSE = re.compile(
    rf"\b(?:retry|retrying|again|wait|resets?)(?:\s++(?:your|the|this)\s++request)?"
    rf"(?:\s++(?:again|in|after|for|at\s++least|about)){{0,4}}(?:\s*+:)?\s++(?P<time>{_DURATION})",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"\bretry[-_]?(?:delay|after|in)(?P<scale>[-_]?(?:ms|milliseconds|s|sec|seconds))?"
    rf"[\\'\"]*\s*[:=]\s*[\\'\"]*(?:(?P<time>{_DURATION})|(?P<bare>\d+(?:\.\d+)?)(?![\w.]))",
    re.IGNORECASE,
)

_LONGEST_TEXT = 10_000
"""Characters of an answer that are looked through."""


def stated_wait(errors: Iterable[BaseException], *, now: datetime | None = None) -> float | None:
    """Seconds to wait, as said by the first of ``errors`` that says it; headers win over texts.

    Args:
        errors: an exception and what it came from.
        now: the time that dates are compared with; by default the present.
    """
    found = list(errors)
    for error in found:
        for headers in _headers(error):
            seconds = in_headers(headers, now=now)
            if seconds is not None:
                return seconds
    return next((s for e in found for s in map(in_text, _texts(e)) if s is not None), None)


def in_headers(headers: dict[str, Any], *, now: datetime | None = None) -> float | None:
    """`Retry-After` as seconds, as a duration or as a date; `retry-after-ms`.

    Without them, when a used-up limit is reset: `x-ratelimit-reset-requests`, or `-tokens`.
    """
    if not {"retry-after", "retry-after-ms"} & headers.keys():
        return _reset(headers)
    given = headers.get("retry-after-ms"), headers.get("retry-after")
    for text, scale in zip(given, (0.001, 1.0), strict=True):
        seconds = _number(text, scale)
        if seconds is not None:
            return seconds
    text = str(given[1])
    if re.fullmatch(_DURATION, text.strip(), re.IGNORECASE):
        return _seconds(text)
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    until = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())


def _reset(headers: dict[str, Any]) -> float | None:
    """The longest wait for a limit of which nothing remains."""
    waits = []
    for limit in ("requests", "tokens"):
        text = str(headers.get(f"x-ratelimit-reset-{limit}", "")).strip()
        remaining = _number(headers.get(f"x-ratelimit-remaining-{limit}", 0), 1.0)
        if remaining == 0 and re.fullmatch(_DURATION, text, re.IGNORECASE):
            waits.append(_seconds(text))
    return max(waits, default=None)


def in_text(text: str) -> float | None:
    """The longest wait that a body or a message names: `"retryDelay": "1s"`, "retry in 1m2s"."""
    waits = [_seconds(match["time"]) for match in _PROSE.finditer(text)]
    for match in _FIELD.finditer(text):
        thousandths = (match["scale"] or "").lower().strip("-_").startswith("m")
        bare = float(match["bare"] or 0) * (0.001 if thousandths else 1.0)
        waits.append(_seconds(match["time"]) if match["time"] else bare)
    return max(waits, default=None)


def _seconds(duration: str) -> float:
    parts: Sequence[tuple[str, str]] = re.findall(_AMOUNT, duration, re.IGNORECASE)
    return sum(float(number) * _UNITS[_unit(name.lower())] for number, name in parts)


def _unit(name: str) -> str:
    return "ms" if name.startswith(("ms", "milli")) else name[0]


def _headers(error: BaseException) -> Iterator[dict[str, Any]]:
    """LiteLLM keeps the real headers beside the response it makes up."""
    response = getattr(error, "response", None)
    for headers in (
        getattr(error, "litellm_response_headers", None),
        getattr(response, "headers", None),
    ):
        if headers:
            yield {str(name).lower(): value for name, value in dict(headers).items()}


def _texts(error: BaseException) -> Iterator[str]:
    body = getattr(error, "body", None) or ""
    yield " ".join(f"{error} {body}"[:_LONGEST_TEXT].split())


def _number(text: Any, scale: float) -> float | None:
    try:
        seconds = float(text) * scale
    except (TypeError, ValueError):
        return None
    return seconds if 0 <= seconds < float("inf") else None
