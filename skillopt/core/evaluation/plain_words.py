"""Words of a text with their places, in a form that case, punctuation and Unicode do not change."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

import regex

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_WORD = regex.compile(rf"[{_UNSPACED}]|[\w--[_{_UNSPACED}]]+", regex.VERSION1)
_ASCII_WORD = re.compile(r"[0-9a-z]+")
_UNSEEN = regex.compile(r"\p{Cf}+")
_APOSTROPHES = str.maketrans(
    "", "", "'\N{RIGHT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}"
)


class Word(NamedTuple):
    """A word and where it stands."""

    plain: str
    line: int
    """Index of its line, from 0."""
    chunk: int
    """Index in the text's chunks between white space."""


def plain_text(text: str) -> str:
    """``text`` in NFKC and folded case, without invisible characters, white space collapsed."""
    if text.isascii():  # most texts are, and this is much quicker
        return " ".join(text.lower().replace("'", "").split())
    seen = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    return " ".join(seen.upper().casefold().translate(_APOSTROPHES).split())


def plain_words(text: str) -> list[str]:
    """The words of ``text`` in order."""
    plain = plain_text(text)
    return _ASCII_WORD.findall(plain) if plain.isascii() else _WORD.findall(plain)


def placed_words(lines: list[str]) -> tuple[list[Word], list[str]]:
    """The words of ``lines`` with their places, and the chunks that those are counted in."""
    words: list[Word] = []
    chunks: list[str] = []
    for number, line in enumerate(lines):
        for chunk in line.split():
            words += [Word(plain, number, len(chunks)) for plain in plain_words(chunk)]
            chunks.append(chunk)
    return words, chunks
