"""What it means that an input mentions a phrase."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

LONGEST_PHRASE = 100
"""Characters; a longer phrase is never mentioned."""

LONGEST_READ = 20_000
"""Characters of an input that are looked at; the rest goes unread."""


class _Matcher(NamedTuple):
    stem: str
    """What the phrase begins with literally: `find` is much faster than a pattern's search."""
    pattern: re.Pattern[str]


def folded(text: str) -> str:
    """``text`` as phrases are looked up in it: cut, lower case, plain apostrophes and quotes."""
    return text[:LONGEST_READ].lower().translate(_PLAIN)


def mentions(folded_text: str, phrase: str) -> bool:
    """Whether ``phrase`` occurs in a text made by :func:`folded`.

    At word boundaries and whatever the case; every word may carry the endings s, es, ed, d and
    ing, a final e may go before ing, and a final y may turn into ies or ied.
    """
    matcher = _matcher(phrase)
    if matcher is None:
        return False
    at = folded_text.find(matcher.stem)
    while at >= 0:
        if matcher.pattern.match(folded_text, at):
            return True
        at = folded_text.find(matcher.stem, at + 1)
    return False


_PLAIN = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " "})


@lru_cache(maxsize=16_384)
def _matcher(phrase: str) -> _Matcher | None:
    words = phrase.lower().translate(_PLAIN).split()
    if not words or len(phrase) > LONGEST_PHRASE:
        return None
    body = r"\s+".join(_with_endings(word) for word in words)
    stem = words[0][:-1] if words[0][-1] in "ey" else words[0]
    return _Matcher(stem, re.compile(rf"(?<!\w){body}(?!\w)"))


def _with_endings(word: str) -> str:
    if not word[-1].isalpha():
        return re.escape(word)
    base = re.escape(word[:-1])
    if word[-1] == "e":
        return rf"{base}(?:e[sd]?|ing|eing)"
    if word[-1] == "y":
        return rf"{base}(?:y(?:s|es|ed|d|ing)?|ie[sd])"
    return rf"{re.escape(word)}(?:s|es|ed|d|ing)?"


def without(text: str, phrase: str) -> str:
    """``text`` without ``phrase`` wherever it is mentioned; the gap closes."""
    matcher = _matcher(phrase)
    if matcher is None:
        return text
    pattern = re.compile(matcher.pattern.pattern, re.IGNORECASE)
    return " ".join(pattern.sub(" ", text[:LONGEST_READ]).split())
