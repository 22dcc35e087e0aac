"""The one reader of JSON in what models say: bare, fenced, in prose, and broken but whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from skillopt.core.foreign_text import LONGEST_REPLY

LARGEST = LONGEST_REPLY
"""Characters that are searched; no asked-for reply comes near it."""

_TRIES = 200
_FENCE = 3
_OPENING = re.compile(r"[{\[]")
_STARTS_JSON = re.compile(
    r"""\{\s*(?:["'}\u201c\u201e#]|//|/\*|[A-Za-z_]\w*\s*:)|\[\s*["'\[{\u201c\u201e]"""
)
_MARK = re.compile(r"""["'{}\[\]\u201c\u201e]|//|\#|/\*""")
_QUOTES = {'"': '"', "'": "'", "\u201c": "\u201d", "\u201e": "\u201c"}
_STRING_END = {
    opens: re.compile(rf"(?:[^{closes}\\]++|\\.)*+{closes}", re.DOTALL)
    for opens, closes in _QUOTES.items()
}
_CLOSES = {"}": "{", "]": "["}


class Repeated(dict[str, Any]):
    """An object that has a key more than once, with different values; the last one is kept."""


class Piece(NamedTuple):
    """A stretch of a text that is JSON, or was meant to be."""

    start: int
    end: int
    """After its last bracket; the text's end where it never closes."""
    value: Any
    """Its content; None where it is broken."""
    broken: bool = False
    """It closes, and is no JSON as it stands."""
    open: bool = False
    """It never closes: it was cut off."""


def decoded(text: str) -> Any:
    """The content of ``text``, all of which is JSON.

    Raises:
        ValueError: it is not.
    """
    try:
        return _decoder.decode(text)
    except RecursionError:
        raise ValueError("nested too deep") from None


def pieces(text: str) -> Iterator[Piece]:
    """The objects and lists in ``text``, in order, whatever stands around them.

    One that never closes is the last piece: what seems to follow it stands in it.
    """
    at = 0
    for _ in range(_TRIES):
        opening = _OPENING.search(text, at)
        if opening is None:
            return
        piece = _piece(text, opening.start())
        at = piece.end if piece else opening.end()
        if piece:
            yield piece


def json_spans(text: str) -> list[tuple[int, int]]:
    """Where the whole and unbroken objects and lists of ``text`` stand."""
    return [(one.start, one.end) for one in pieces(text) if not (one.broken or one.open)]


def fenced(text: str) -> list[str]:
    """What stands in the code fences of ``text``, in order; one that is not closed does not count.

    A fence is closed by the next line of nothing but as many backticks or more.
    """
    found: list[str] = []
    open_at: tuple[int, int] | None = None  # where its content starts, and its backticks
    at = 0
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        ticks = len(bare) - len(bare.lstrip("`"))
        at += len(line)
        if open_at is None and ticks >= _FENCE and "`" not in bare[ticks:]:
            open_at = (at, ticks)
        elif open_at is not None and ticks >= open_at[1] and ticks == len(bare):
            found.append(text[open_at[0] : at - len(line)])
            open_at = None
    return found


def _piece(text: str, start: int) -> Piece | None:
    try:
        value, end = _decoder.raw_decode(text, start)
    except (ValueError, RecursionError):
        if not _STARTS_JSON.match(text, start):
            return None
        closed = _closed(text, start)
        if closed is None:
            return Piece(start, len(text), None, open=True)
        return Piece(start, closed, None, broken=True)
    return Piece(start, end, value)


def _closed(text: str, start: int) -> int | None:
    """Where the bracket at ``start`` is closed by its like, strings passed over; None for nowhere.

    A quote opens a string only after a bracket, a comma or a colon: quotes within words, and those
    that a model forgot to escape, do not. The same holds for comments.
    """
    stack: list[str] = []
    at, last_comment = start, text.rfind("*/")
    while (mark := _MARK.search(text, at)) is not None:
        found, at = mark.group(), mark.end()
        if found[0] in "/#":
            closed = found != "/*" or mark.end() <= last_comment
            comment = closed and _before(text, mark.start()) in "{[,:"
            at = _after_comment(text, mark) if comment else mark.start() + 1
        elif found in _STRING_END:
            if _before(text, mark.start()) in "{[,:":
                end = _STRING_END[found].match(text, at)
                if end is None:
                    return None
                at = end.end()
        elif found in "{[":
            stack.append(found)
        elif stack.pop() != _CLOSES[found]:
            return None
        elif not stack:
            return at
    return None


def _after_comment(text: str, mark: re.Match[str]) -> int:
    if mark.group() == "/*":
        return text.index("*/", mark.end()) + 2
    end = text.find("\n", mark.end())
    return len(text) if end < 0 else end


def _before(text: str, at: int) -> str:
    """The last character before ``at`` that is no white space."""
    at -= 1
    while at >= 0 and text[at].isspace():
        at -= 1
    return text[at] if at >= 0 else "{"


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs) and any(found[key] != value for key, value in pairs):
        return Repeated(found)
    return found


_decoder = json.JSONDecoder(parse_constant=_no_constant, object_pairs_hook=_object)
