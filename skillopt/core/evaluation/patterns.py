"""Regular expressions with a bounded cost.

A validation set's pattern meets answers nobody has seen yet, and one of them may be the text it
backtracks on for hours. Python's `re` cannot be interrupted; `regex` reads that language and more,
and takes a time limit.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache

import regex

from skillopt.errors import CallFailed

LONGEST_PATTERN = 5_000
"""Characters."""

LARGEST_PATTERN = 200_000
"""Characters to match once its counted repeats are written out, as compiling does."""

SEARCH_SECONDS = 1.0
"""Time limit of one search."""


class BadPattern(ValueError):  # noqa: N818 - it names what was got
    """The pattern is not a regular expression; the message says why."""


@lru_cache(maxsize=512)
def compiled(pattern: str) -> regex.Pattern[str]:
    """The pattern, ready to search.

    Raises:
        BadPattern: it is not a regular expression, longer than :data:`LONGEST_PATTERN`, or larger
            than :data:`LARGEST_PATTERN`.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise BadPattern(f"it has {len(pattern)} characters; the limit is {LONGEST_PATTERN}")
    if _written_out(pattern) > LARGEST_PATTERN:
        raise BadPattern("its repeat counts multiply to too many; lower one")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return regex.compile(pattern)
    except (regex.error, ValueError, OverflowError, RecursionError, MemoryError) as error:
        raise BadPattern(str(error) or type(error).__name__) from None


def is_found(pattern: str, text: str) -> bool:
    """Whether ``pattern`` matches somewhere in ``text``.

    Raises:
        BadPattern: the pattern is none.
        CallFailed: the search took longer than :data:`SEARCH_SECONDS`. How long it takes says
            nothing about the text, so this is missing data and not a mismatch.
    """
    try:
        return compiled(pattern).search(text, timeout=SEARCH_SECONDS) is not None
    except TimeoutError:
        raise CallFailed(
            f"the pattern {pattern[:80]!r} took longer than {SEARCH_SECONDS:g} s on an answer of "
            f"{len(text)} characters; write it without nested repeats",
            passing=False,
        ) from None


_PART = re.compile(
    r"\\.|\[\]?(?:\\.|[^\]\\])*+(?:\]|\\?\Z)|\{(\d++)[^{}]*+\}|(\()|(\))|.", re.DOTALL
)


def _written_out(pattern: str) -> int:
    """The pattern's size with every counted repeat written out, roughly."""
    open_groups: list[int] = []
    size = last = 0
    for part in _PART.finditer(pattern):
        count, opens, closes = part.groups()
        if opens:
            open_groups.append(size)
            size = last = 0
        elif closes:
            last = size + 1
            size = (open_groups.pop() if open_groups else 0) + last
        elif count:
            more = last * (max(1, int(count[:12])) - 1)
            size, last = size + more, last + more
        else:
            last = 1
            size += 1
    return size
