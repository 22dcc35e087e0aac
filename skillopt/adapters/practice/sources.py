"""What the reader finds in an input by itself."""

from __future__ import annotations

import re
from typing import NamedTuple, assert_never

from skillopt.adapters.practice.language import Source, Taken
from skillopt.adapters.practice.phrases import LONGEST_READ
from skillopt.core.evaluation.patterns import BadPattern, compiled

PATTERN_SECONDS = 0.1
"""How long a regular expression of a skill may search; after that it has found nothing."""

MOST_WORDS = 400
"""Words of an input that one value may hold."""

_CLOCK = re.compile(
    r"(?<![\w:.])(?:(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s?(?P<half>[ap])\.?m\b"
    r"|(?P<hour24>\d{1,2}):(?P<minute24>\d{2})(?!\d))",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w.])-?\d{1,30}(?:\.\d{1,30})?(?!\w)")
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n\s*\n")
_QUOTED = re.compile(
    r'"([^"\n]{1,500})"|\u201c([^\u201c\u201d\n]{1,500})\u201d|(?<!\w)\'([^\'\n]{1,500})\'(?!\w)'
)


class Clock(NamedTuple):
    """A time of day."""

    hour: int
    minute: int


def taken(value: Taken, text: str) -> str | None:
    """What ``value`` takes from the input ``text``; None where it is not there."""
    text = text[:LONGEST_READ]
    found: str | None
    match value.source:
        case Source.HOUR | Source.MINUTE:
            clock = clock_time(text)
            part = 0 if value.source is Source.HOUR else 1
            found = None if clock is None else str(clock[part])
        case Source.FIRST_NUMBER:
            number = _NUMBER.search(text)
            found = number.group() if number else None
        case Source.FIRST_SENTENCE:
            found = _squeezed(_first_sentence(text))
        case Source.FIRST_LINE:
            found = _squeezed(text.strip().partition("\n")[0])
        case Source.WHOLE_INPUT:
            found = _squeezed(text)
        case Source.QUOTED:
            quoted = _QUOTED.search(text)
            found = None if quoted is None else next(part for part in quoted.groups() if part)
        case Source.MATCH:
            found = _first_match(value.pattern, text)
        case _:
            assert_never(value.source)
    return found


def clock_time(text: str) -> Clock | None:
    """The first time of day in digits: 9:30, 14:00, 9am, 5 pm, 7.15pm, 12 a.m."""
    for match in _CLOCK.finditer(text):
        half = match["half"]
        hour = int(match["hour"] or match["hour24"])
        minute = int(match["minute"] or match["minute24"] or 0)
        if half:
            if not 1 <= hour <= 12:  # noqa: PLR2004 - hours of half a day
                continue
            hour = hour % 12 + (12 if half.lower() == "p" else 0)
        if hour < 24 and minute < 60:  # noqa: PLR2004 - hours of a day, minutes of an hour
            return Clock(hour, minute)
    return None


def _first_sentence(text: str) -> str:
    text = text.strip()
    end = _SENTENCE_END.search(text)
    return text[: end.end()] if end else text


def _squeezed(text: str) -> str | None:
    return " ".join(text.split()[:MOST_WORDS]) or None


def _first_match(pattern: str, text: str) -> str | None:
    try:
        found = compiled(pattern).search(text, timeout=PATTERN_SECONDS)
    except (BadPattern, TimeoutError):
        return None
    if found is None:
        return None
    groups = [group for group in found.groups() if group]
    return str(groups[0] if groups else found.group()) or None
