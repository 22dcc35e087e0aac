"""Disguises: the other ways in which a text can be read, so that a copy that is encoded is found.

A model reads base64, hexadecimal, escapes, ROT13, text that is spelled backwards or letter by
letter, and letters of other alphabets that look alike. Each is undone by itself, over the whole
text; what was not disguised turns to nonsense by that, which is like no task.
"""

from __future__ import annotations

import base64
import codecs
import html
import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import unquote

FEWEST_CODES = 4
"""Character codes in a row that are a text."""

_BASE64 = re.compile(r"(?<![\w+/=-])(?:[\w+/-]{2,}={1,2}|[\w+/-]{4,})(?![\w+/=-])", re.ASCII)
_BASE32 = re.compile(r"(?<!\w)[A-Z2-7]{8,}={0,6}(?![\w=])")
_HEX = re.compile(
    rf"(?<!\w)(?:\\?0?x)?[0-9a-fA-F]{{2}}"
    rf"(?:[\s:,]?(?:\\?0?x)?[0-9a-fA-F]{{2}}){{{FEWEST_CODES - 1},}}+"
)
_BITS = re.compile(rf"(?<!\w)[01]{{7,8}}(?:[ ,]*[01]{{7,8}}){{{FEWEST_CODES - 1},}}+")
_CODES = re.compile(rf"(?<!\w)\d{{2,3}}(?:[ ,]+\d{{2,3}}){{{FEWEST_CODES - 1},}}+")
_WORD = re.compile(r"\w")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_SPELLED = re.compile(r"(?<!\w)\w([ \-._*|,])\w(?:\1\w(?!\w))*(?!\w)")

_LOOK_ALIKES = str.maketrans(
    "\u0430\u0432\u0435\u0456\u0458\u043a\u043c\u043d\u043e\u0440"
    "\u0441\u0501\u0442\u0443\u0445\u0455\u04bb\u051b\u051d"
    "\u03b1\u03b5\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7",
    "abeijkmhopcdtyxshqwaeikvoptux",
)
"""Cyrillic and Greek letters in folded case, and the Latin ones they look like."""
_LEET = str.maketrans("013457@$!|", "oieastasil")


def readings(lines: Sequence[str]) -> Iterator[list[str]]:
    """The lines as each disguise that changes them would be read.

    What was encoded may be disguised within: of that all readings follow, too.
    """
    own = list(lines)
    for undo in _UNDO:
        read = _undone(undo, own)
        if read == own:
            continue
        yield read
        if undo in _DECODED:
            within = (_undone(again, read) for again in _UNDO)
            yield from (inner for inner in within if inner not in (read, own))


def _undone(undo: Callable[[str], str], lines: Sequence[str]) -> list[str]:
    """What one line decodes to may be several."""
    return "\n".join(map(undo, lines)).splitlines()


def _from_base64(line: str) -> str:
    def decoded(found: re.Match[str]) -> str:
        code = found.group().rstrip("=").replace("-", "+").replace("_", "/")
        return _text(base64.b64decode(code + "=" * (-len(code) % 4), validate=True))

    return _replaced(_BASE64, decoded, line)


def _from_base32(line: str) -> str:
    def decoded(found: re.Match[str]) -> str:
        code = found.group().rstrip("=")
        return _text(base64.b32decode(code + "=" * (-len(code) % 8)))

    return _replaced(_BASE32, decoded, line)


def _from_codes(line: str) -> str:
    """Characters by their numbers: binary, hexadecimal, decimal."""

    def of_bits(found: re.Match[str]) -> str:
        return _text(bytes(int(bits, 2) for bits in re.findall(r"[01]{7,8}", found.group())))

    def of_hex(found: re.Match[str]) -> str:
        return _text(bytes.fromhex(re.sub(r"\\?0?x|[\s:,]", "", found.group())))

    def of_numbers(found: re.Match[str]) -> str:
        return _text(bytes(map(int, re.findall(r"\d+", found.group()))))

    line = _replaced(_BITS, of_bits, line)
    return _replaced(_HEX, of_hex, _replaced(_CODES, of_numbers, line))


def _replaced(pattern: re.Pattern[str], decoded: Callable[[re.Match[str]], str], line: str) -> str:
    """The line with what can be decoded in its place; what cannot be stays."""

    def one(found: re.Match[str]) -> str:
        if _WORD.match(line, found.end()):  # part of a longer word; looked at once, not per start
            return found.group()
        try:
            return decoded(found)
        except ValueError:  # no such code, or no text
            return found.group()

    return pattern.sub(one, line)


def _text(data: bytes) -> str:
    """What was encoded.

    Raises:
        ValueError: it is no text.
    """
    text = data.decode()
    if not "".join(text.split()).isprintable():
        raise ValueError("not printable")
    return text


def _unescaped(line: str) -> str:
    plain = _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), line)
    return html.unescape(unquote(plain))


def _put_together(line: str) -> str:
    """Words that are spelled letter by letter."""
    return _SPELLED.sub(lambda found: found.group().replace(found[1], ""), line)


def _with_latin_letters(line: str) -> str:
    return line if line.isascii() else line.casefold().translate(_LOOK_ALIKES)


_DECODED: tuple[Callable[[str], str], ...] = (_from_base64, _from_base32, _from_codes, _unescaped)
_UNDO: tuple[Callable[[str], str], ...] = (
    *_DECODED,
    _put_together,
    _with_latin_letters,
    lambda line: line.translate(_LEET),
    lambda line: codecs.encode(line, "rot13"),
    lambda line: line[::-1],
    lambda line: " ".join(reversed(line.split())),
    lambda line: " ".join(word[::-1] for word in line.split()),
)
