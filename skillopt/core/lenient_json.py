"""JSON with the slips of models: comments, Python's spelling, other quotes, wrong escapes.

What stands in a string is kept to the letter: an edit's white space is part of the skill.
"""

from __future__ import annotations

import json
import re
from typing import Any

DEEPEST = 100
"""Brackets open at once."""

_SPACE = re.compile(r"(?:[\s\u200b\ufeff]+|//[^\n]*|\#[^\n]*|/\*.*?\*/)*", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_]\w*")
_NUMBER = re.compile(r"[+-]?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?(?![\w.])")
_CONSTANTS = {
    "true": True, "True": True, "false": False, "False": False, "null": None, "None": None,
}  # fmt: skip
_QUOTES = {'"': '"', "'": "'", "\u201c": "\u201d", "\u201e": "\u201c"}
_TRIPLE = '"' * 3
_ESCAPES = {
    '"': '"', "'": "'", "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r",
    "t": "\t", "`": "`", "\u201c": "\u201c", "\u201d": "\u201d",
}  # fmt: skip
_PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_CODE = re.compile(r"u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})")
_AFTER_VALUE = re.compile(
    r"""\s*+(?:[}\]/#]|$|,\s*+(?:[]"'\u201c\u201e{[}+\-.\d#/]|"""
    r"""(?:true|false|null|[A-Z]\w+)\s*+[,}\]]|[A-Za-z_]\w*\s*+:))"""
)
_ANYTHING = re.compile("")
"""A key ends with its first quote."""
_NEXT_KEY = re.compile(r"""\s*+["'\u201c][^"'\n\u201c\u201d]*+["'\u201d]\s*+:""")
_ELISION = re.compile(r"\.\.\.|\u2026")


class Elided(ValueError):  # noqa: N818 - it names what was done
    """Something is left out: dots stand where content should."""


def lenient(text: str) -> Any:
    """The content of ``text``, all of which is one object or list.

    Fixed are comments, trailing commas, commas left out at a line's end, bare keys, `True` and
    `None`, numbers like `.5` and `+1`, single and typographic quotes around strings, line breaks
    and unescaped quotes in them, and escapes that JSON does not have, which stay as they stand.

    Raises:
        Elided: part of it is left out by dots.
        ValueError: it has other errors, or a key twice with different values.
    """
    reader = _Reader(text)
    value = reader.value(0)
    reader.space()
    if reader.at != len(text):
        raise reader.error("the end")
    return value


class _Reader:
    """A walk over the text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0

    def error(self, wanted: str) -> ValueError:
        found = self._text[self.at : self.at + 20]
        if _ELISION.match(found):
            return Elided(f"{found[:3]!r} stands where content should")
        return ValueError(f"{found!r} stands where {wanted} should")

    def space(self) -> None:
        """Go past white space and comments."""
        found = _SPACE.match(self._text, self.at)
        if found is None:
            return
        if _ELISION.search(found[0]):
            raise Elided(f"a comment, {found[0].strip()[:40]!r}, stands where content should")
        self.at = found.end()

    def value(self, depth: int) -> Any:
        self.space()
        if depth > DEEPEST:
            raise ValueError("nested too deep")
        first = self._text[self.at : self.at + 1]
        if first == "{":
            return self._object(depth)
        if first == "[":
            return self._list(depth)
        if first in _QUOTES:
            return self._string(_AFTER_VALUE)
        return self._bare()

    def _object(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        self.at += 1
        while not self._closes("}"):
            key = self._key()
            self._expect(":")
            value = self.value(depth + 1)
            if key in found and found[key] != value:
                raise ValueError(f"{key!r} stands twice in one object")
            found[key] = value
            self._separated("}")
        return found

    def _list(self, depth: int) -> list[Any]:
        found: list[Any] = []
        self.at += 1
        while not self._closes("]"):
            found.append(self.value(depth + 1))
            self._separated("]")
        return found

    def _closes(self, bracket: str) -> bool:
        self.space()
        closes = self._text.startswith(bracket, self.at)
        self.at += closes
        return closes

    def _expect(self, mark: str) -> None:
        self.space()
        if not self._text.startswith(mark, self.at):
            raise self.error(repr(mark))
        self.at += 1

    def _separated(self, bracket: str) -> None:
        """Past the comma, which may be left out before the bracket and at a line's end."""
        before = self.at
        self.space()
        if self._text.startswith(",", self.at):
            self.at += 1
        elif (
            not self._text.startswith(bracket, self.at) and "\n" not in self._text[before : self.at]
        ):
            raise self.error(f"a comma or {bracket!r}")

    def _key(self) -> str:
        if self._text[self.at : self.at + 1] in _QUOTES:
            return self._string(_ANYTHING)
        name = _NAME.match(self._text, self.at)
        if name is None:
            raise self.error("a key")
        self.at = name.end()
        return name[0]

    def _bare(self) -> Any:
        number = _NUMBER.match(self._text, self.at)
        if number is not None:
            self.at = number.end()
            plain = re.fullmatch(r"[+-]?\d+", number[0])
            return int(number[0]) if plain and len(number[0]) < DEEPEST else float(number[0])
        name = _NAME.match(self._text, self.at)
        if name is None or name[0] not in _CONSTANTS:
            raise self.error("a value")
        self.at = name.end()
        return _CONSTANTS[name[0]]

    def _string(self, after: re.Pattern[str]) -> str:
        """A string; a quote that nothing follows which may follow a string is part of it."""
        said: list[str] = []
        closing = _QUOTES[self._text[self.at]]
        if self._text.startswith(_TRIPLE, self.at):
            closing = _TRIPLE
        self.at += len(closing)
        while self.at < len(self._text):
            mark = self._text[self.at]
            self.at += 1
            if mark == "\\":
                said.append(self._escape())
            elif self._ends(closing, after):
                self.at += len(closing) - 1
                return "".join(said)
            else:
                said.append(mark)
        raise ValueError("a string is not closed")

    def _ends(self, closing: str, after: re.Pattern[str]) -> bool:
        """The quote that was passed last is the closing one."""
        start = self.at - 1
        if not self._text.startswith(closing, start):
            return False
        end = start + len(closing)
        if after.match(self._text, end):
            return True
        following = _NEXT_KEY.match(self._text, end)
        return following is not None and "\n" in following[0].rstrip(" \t:")

    def _escape(self) -> str:
        pair = _PAIR.match(self._text, self.at - 1)
        if pair is not None:
            self.at = pair.end()
            return str(json.loads(f'"{pair[0]}"'))
        code = _CODE.match(self._text, self.at)
        if code is not None:
            self.at = code.end()
            return chr(int(code[1] or code[2], 16))
        mark = self._text[self.at : self.at + 1]
        self.at += len(mark)
        return _ESCAPES.get(mark, f"\\{mark}")
