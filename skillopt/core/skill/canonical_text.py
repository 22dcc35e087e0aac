"""Finding text whatever its Unicode form: composed (NFC), decomposed (NFD), or mixed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_LONGEST_BEFORE = 3
"""Characters that one may be joined to: a syllable in Hangul has three."""


def nfc(text: str) -> str:
    """``text`` in Normalization Form C (Unicode Standard Annex 15)."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def found_in_any_form(text: str, wanted: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where ``text[start:end]`` holds ``wanted`` in one of its canonically equal spellings.

    Whole characters only: a letter is not found without the accents that follow it. Overlapping
    places are found too. Yields ``(start, end)`` in ``text``.
    """
    form, part = nfc(wanted), text[start:end]
    if not form or (part.isascii() and form == wanted):
        return
    composed, places = _composed(part)
    at = composed.find(form)
    while at >= 0:
        first, last = places.get(at), places.get(at + len(form))
        if first is not None and last is not None:
            yield start + first, start + last
        at = composed.find(form, at + 1)


def is_whole(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` parts no character from the accents or letters it is made of."""
    edges = (at for at in (start, end) if 0 < at < len(text))
    return not any(_joins(text[max(0, at - _LONGEST_BEFORE) : at], text[at]) for at in edges)


def _composed(text: str) -> tuple[str, dict[int, int]]:
    """``text`` in NFC, and where each of its whole characters begins: there, and in ``text``."""
    parts: list[str] = []
    places: dict[int, int] = {}
    length = at = 0
    for piece in _characters(text):
        places[length] = at
        parts.append(nfc(piece))
        length += len(parts[-1])
        at += len(piece)
    places[length] = at
    return "".join(parts), places


def _characters(text: str) -> Iterator[str]:
    """``text`` in pieces that normalise each for itself."""
    piece = ""
    for char in text:
        if piece and not _joins(piece, char):
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece


def _joins(piece: str, char: str) -> bool:
    """Whether ``char`` becomes one with what stands before it."""
    if char.isascii():
        return False
    return bool(unicodedata.combining(char)) or nfc(piece + char) != nfc(piece) + nfc(char)
