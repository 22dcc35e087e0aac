"""Rules: patterns over a whole text, each tried only where a text has a word that it needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Rule(NamedTuple):
    """A pattern with what it finds, in words."""

    says: str
    hints: tuple[str, ...]
    """In lower case; every match has one of them. None of them: it is always tried."""
    pattern: re.Pattern[str]


def rule(says: str, hints: tuple[str, ...], *parts: str) -> Rule:
    """A rule whose pattern is made of ``parts``; case and line starts do not matter."""
    return Rule(says, hints, re.compile("".join(parts), re.IGNORECASE | re.MULTILINE))


def found_by(rules: Iterable[Rule], text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """What each rule finds in ``text``, and what it says of it."""
    lowered = text.lower()
    for says, hints, pattern in rules:
        if not hints or any(hint in lowered for hint in hints):
            for match in pattern.finditer(text):
                yield says, match


def line_of(text: str, match: re.Match[str]) -> str:
    """The line on which a match begins, white space collapsed."""
    start = text.rfind("\n", 0, match.start()) + 1
    end = text.find("\n", match.start())
    return " ".join(text[start : len(text) if end < 0 else end].split())
