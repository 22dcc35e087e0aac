"""Encoded text: what a person cannot read, and an agent may decode."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from skillopt.core.content.finding import Hit, shown
from skillopt.core.content.reading import plain_letters

SHORTEST_BASE64 = 40
SHORTEST_HEX = 40
SHORTEST_BASE32 = 48
"""Characters. Thirty bytes of base64, a commit's hash in hex."""

_JOINED = re.compile(
    r"(?<=[A-Za-z0-9+/]{8})[\"']?\s{0,4}[+\\]?\s{0,4}\n[ \t>*-]{0,8}[\"']?(?=[A-Za-z0-9+/]{8})"
)
"""A line end inside a blob."""
_BASE64 = re.compile(rf"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{{{SHORTEST_BASE64},}}+={{0,2}}")
_BASE32 = re.compile(rf"(?<![A-Za-z0-9])[A-Z2-7]{{{SHORTEST_BASE32},}}+={{0,6}}(?![A-Za-z0-9])")
_HEX = re.compile(rf"(?<![A-Za-z0-9])(?:0x)?(?:[0-9a-fA-F]{{2}}[ :,]?){{{SHORTEST_HEX // 2},}}+")
_ESCAPES = (
    ("\\", re.compile(r"(?:\\{1,4}x[0-9a-fA-F]{2}[\s,\"']{0,2}){6,}+")),
    ("\\", re.compile(r"(?:\\{1,4}u\{?[0-9a-fA-F]{4,6}\}?[\s,\"']{0,2}){6,}+")),
    ("\\", re.compile(r"(?:\\{1,4}[0-3][0-7]{2}){6,}+")),
    ("&#", re.compile(r"(?:&#(?:x[0-9a-fA-F]{1,6}|\d{1,7});?\s?){6,}+")),
    ("%", re.compile(r"(?:%[0-9a-fA-F]{2}){8,}+")),
    ("1", re.compile(r"(?<!\d)(?:[01]{8}[ ,]?){5,}+(?!\d)")),
    ("1", re.compile(r"(?<![\d.])(?:(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6])[ ,]{1,2}){12,}+")),
)
"""Each with a character that it cannot do without."""

LEAST_CHANGES = 0.4
"""Share of its places at which base64 goes over to another of :data:`_KINDS`; words seldom do."""

_KINDS = ("a capital", "a small letter", "a digit")


def encoded(text: str) -> Iterator[Hit]:
    """Each stretch of ``text`` that looks encoded, in order of the ways to encode."""
    plain = _JOINED.sub("", plain_letters(text))
    for match in _BASE64.finditer(plain):
        if _is_base64(match[0]):
            yield _hit("base64", match[0])
    for match in _BASE32.finditer(plain):
        if any(char.isdigit() for char in match[0]):
            yield _hit("base32", match[0])
    for match in _HEX.finditer(plain):
        ends = not plain[match.end() : match.end() + 1].isalnum()
        if ends and len(set(match[0].lower()) - set("0x :,")) >= 6:  # noqa: PLR2004 - a rule is no blob
            yield _hit("numbers in hex", match[0])
    for sign, pattern in _ESCAPES:
        for match in pattern.finditer(plain) if sign in plain else ():
            yield _hit("escapes or numbers for letters", match[0])


def _hit(way: str, blob: str) -> Hit:
    return Hit("encoded", f"encoded text ({way})", blob, shown(blob))


def _is_base64(word: str) -> bool:
    """Whether a long word is no path, no name in many parts, and no ruler."""
    kinds = [1 if char.isupper() else 2 if char.islower() else 3 for char in word if char.isalnum()]
    changes = sum(one != other for one, other in pairwise(kinds))
    return len(set(kinds)) == len(_KINDS) and changes >= LEAST_CHANGES * len(word)
