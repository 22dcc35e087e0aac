"""A text as its reader takes it: without what is not seen, in plain letters."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

import regex

from skillopt.core.content.look_alike_table import LOOK_ALIKES

_UNSEEN = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{Cf}\u0300-\u036F\u20D0-\u20FF]")
_BREAKS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_PLAIN = {ord(like): letter for letter, likes in LOOK_ALIKES.items() for like in likes}
_EMPHASIS = re.compile(r"[*_`~\\]+")
_SPACED = re.compile(r"(?<!\w)(?:\w[ .\-]){3,40}\w(?!\w)")
"""A word written with a space between its letters."""
_LINK = re.compile(r"!?\[([^\[\]]{0,300})\](?:\([^()\n]{0,300}\)|\[[^\[\]\n]{0,100}\])")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>|<!--[^<>]{0,300}-->")
_SIGNS = re.compile(r"^[ \t]{0,9}(?:[>|#+*-][ \t]{1,3}){1,6}|\|", re.MULTILINE)
"""What begins quotes, lists and headings, and parts the cells of tables."""
_PARTS = re.compile(r"(?<=[a-z])(?:[_-](?=[A-Za-z])|(?=[A-Z]))")
"""Between the words of a name: `no_such_rule`, `noSuchRule`."""
_SPACES = re.compile(r"\s+")


@lru_cache(maxsize=32)
def plain_letters(text: str) -> str:
    """``text`` in compatibility form, without invisible characters, look-alikes as ASCII."""
    text = _BREAKS.sub("\n", text)
    if text.isascii():
        return text
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).translate(_PLAIN)


@lru_cache(maxsize=32)
def prose(text: str) -> tuple[str, ...]:
    """The readings of ``text`` as prose: in lower case, on one line, without emphasis.

    The first has look-alikes as ASCII letters; another, where there is one, has its own script,
    and the last is what a page shows: without tags, targets of links and the signs of blocks,
    and names of several words as these words.
    """
    plain = plain_letters(text)
    readings = [plain]
    if not text.isascii():
        readings.append(_UNSEEN.sub("", unicodedata.normalize("NFKC", text)))
    readings.append(_PARTS.sub(" ", _SIGNS.sub(" ", _TAG.sub("", _LINK.sub(r"\1", plain)))))
    return tuple(dict.fromkeys(_flat(reading) for reading in readings))


def _flat(text: str) -> str:
    if "&" in text:
        text = html.unescape(text)
    text = _EMPHASIS.sub("", text)
    text = _SPACED.sub(lambda match: match[0].translate(_NOTHING), text)
    return _SPACES.sub(" ", text).lower()


_NOTHING = {ord(char): None for char in " .-"}
