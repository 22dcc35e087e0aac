"""What a check's callable may return."""

from __future__ import annotations

import inspect
import math
from collections.abc import Awaitable
from typing import Any

LONGEST_FEEDBACK = 20_000
"""Characters."""

Found = tuple[float, str] | str
"""A score and feedback, or how something looks that is neither."""


def scored(returned: Any) -> Found:
    """Score and feedback of what a callable returned, or how it looks where it is neither."""
    score, feedback = returned, ""
    if isinstance(returned, tuple) and len(returned) == 2:  # noqa: PLR2004 - score and feedback
        score, feedback = returned
    if isinstance(score, bool | int | float) and isinstance(feedback, str):
        number = _as_float(score)
        if 0 <= number <= 1:
            return number, str(feedback)[:LONGEST_FEEDBACK]
    return f"{returned!r:.80}"


def _as_float(score: float) -> float:
    try:
        return float(score)
    except OverflowError:  # a whole number of 400 digits
        return math.inf


def scored_or_later(returned: Any) -> Any:
    """:func:`scored`, or what is still to be awaited for :func:`scored_later`."""
    return returned if inspect.isawaitable(returned) else scored(returned)


async def scored_later(awaitable: Awaitable[Any]) -> Found:
    """:func:`scored` of what is awaited."""
    return scored(await awaitable)
