"""Words that are written to be taken for others: letters of several scripts, or styled ones."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import chain

import regex

from skillopt.core.content.finding import Hit, shown
from skillopt.core.content.look_alike_table import LOOK_ALIKES

SHORTEST = 3
"""Letters of a word that is wholly made of look-alikes."""

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}\u200b-\u200d\u00ad]+")
_ASCII = regex.compile(r"[A-Za-z]")
_LATIN = regex.compile(r"\p{Script=Latin}")
_CYRILLIC = regex.compile(r"\p{Script=Cyrillic}")
_STYLED = regex.compile(r"[\U0001D400-\U0001D7CB\u24B6-\u24E9\U0001F130-\U0001F189]{3,}")
_MARKED = regex.compile(r"(?:[A-Za-z][\u0300-\u036F\u20D0-\u20FF]+){3,}")
_LATIN_LIKE = regex.compile(
    "["
    + "".join(c for c in chain.from_iterable(LOOK_ALIKES.values()) if _LATIN.match(c))
    + "\u2160-\u217f\u1d00-\u1d2b]"
)
"""Letters of phonetic alphabets and numerals; Turkish has a dotless i."""
_LIKE = frozenset(
    char for char in chain.from_iterable(LOOK_ALIKES.values()) if not _LATIN.match(char)
)
_SCRIPTS = ("Greek", "Cyrillic", "Armenian", "Cherokee", "Coptic", "Lisu", "Georgian", "Deseret")
_OF_SCRIPT = {name: regex.compile(rf"\p{{Script={name}}}") for name in _SCRIPTS}


def look_alikes(text: str) -> Iterator[Hit]:
    """Each word of ``text`` that is likely to be taken for another one, in order."""
    if text.isascii():
        return
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    foreign = {script for word in words for script in _scripts_at_home(word)}
    for word in words:
        if _LATIN.search(word):
            phonetic = _ASCII.search(word) and _LATIN_LIKE.search(word.replace("\u0131", ""))
            if phonetic or _CYRILLIC.search(word) or any(char in _LIKE for char in word):
                yield _hit("a word in letters of several alphabets", word)
        elif _is_all_alike(word) and not any(
            _OF_SCRIPT[script].match(word[0]) for script in foreign
        ):
            yield _hit("a word wholly in letters that look like Latin ones", word)
    for match in _MARKED.finditer(unicodedata.normalize("NFC", text)):
        yield _hit("a word under marks", match[0])
    for match in _STYLED.finditer(text):
        yield _hit("a word in letters made for formulas or signs", match[0])


def _hit(rule: str, word: str) -> Hit:
    return Hit("look_alikes", rule, word, shown(word))


def _is_all_alike(word: str) -> bool:
    letters = [char for char in word if char.isalpha()]
    return len(letters) >= SHORTEST and all(char in _LIKE for char in letters)


def _scripts_at_home(word: str) -> Iterator[str]:
    """The scripts that a word shows to be in use: it has a letter that looks like no Latin one."""
    if not _LATIN.search(word) and any(char.isalpha() and char not in _LIKE for char in word):
        yield from (name for name, pattern in _OF_SCRIPT.items() if pattern.search(word))
