"""Anchors: where in one text an edit writes, and what an edit may not write."""

from __future__ import annotations

import unicodedata
from typing import Literal, NamedTuple

from skillopt.core.skill.canonical_text import found_in_any_form, is_whole
from skillopt.core.skill.document import LOCK_MARKS, Document, Span


class Miss(NamedTuple):
    """Why a place is none."""

    reason: Literal[
        "anchor_missing", "anchor_repeated", "section_missing", "section_repeated", "locked"
    ]
    detail: str


def place_of(
    document: Document,
    anchor: str,
    section: tuple[str, ...],
    *,
    side: Literal["before", "after"] | None = None,
) -> Span | Miss:
    """Where an edit writes, or why it cannot.

    Args:
        document: the text as it is.
        anchor: text that occurs exactly once; with a ``side`` it may be empty, which stands for the
            section itself.
        section: heading path that narrows the search.
        side: of the anchor; None for the anchor itself.
    """
    scope = _scope(document, section)
    if isinstance(scope, Miss):
        return scope
    if anchor or side is None:
        found = _anchored(document, anchor, scope, side)
    else:
        found = _edge(document, section, scope, side)
    if isinstance(found, Miss):
        return found
    return locked_by(document, found) or found


def locked_by(document: Document, span: Span) -> Miss | None:
    """What keeps an edit from writing at ``span``."""
    locked = next((region for region in document.locked if region.touches(span)), None)
    if locked is None:
        return None
    shown = document.text[locked.start : locked.end][:60]
    return Miss("locked", f"the position is in a locked region: {shown!r}")


def _scope(document: Document, path: tuple[str, ...]) -> Span | Miss:
    if not path:
        return document.body
    matching = [section for section in document.sections if section.is_at(path)]
    if len(matching) == 1:
        return matching[0].span
    spelled = " > ".join(path)
    if matching:
        detail = f"{len(matching)} sections are named {spelled!r}; give the whole heading path"
        return Miss("section_repeated", detail)
    return Miss("section_missing", f"no section is named {spelled!r}")


def _anchored(
    document: Document, anchor: str, scope: Span, side: Literal["before", "after"] | None
) -> Span | Miss:
    spans = _occurrences(document, anchor, scope)
    if len(spans) != 1:
        how_often = "occurs more than once" if spans else "does not occur"
        detail = f"the anchor {anchor[:80]!r} {how_often}; an anchor must occur exactly once"
        return Miss("anchor_repeated" if spans else "anchor_missing", detail)
    start, end = spans.pop()
    match side:
        case None:
            return Span(start, end)
        case "before":
            return Span(start, start)
        case "after":
            return Span(end, end)


def _edge(
    document: Document, section: tuple[str, ...], scope: Span, side: Literal["before", "after"]
) -> Span:
    """The section's own edge: its end, or the place right under its heading."""
    if side == "after":
        return Span(scope.end, scope.end)
    heading = next((part for part in document.sections if part.span == scope and section), None)
    start = heading.content_start if heading else scope.start
    return Span(start, start)


def _occurrences(document: Document, anchor: str, scope: Span) -> set[Span]:
    """Where ``anchor`` is within ``scope``, overlapping occurrences included; two are enough.

    Its line endings may be those of the text or those of the very place, and its Unicode form may
    be another one than that of the place: `é` is one character or two, and looks the same.
    """
    found: set[Span] = set()
    for spelled in (document.with_own_newlines(anchor), anchor):
        at = document.text.find(spelled, *scope)
        while at >= 0 and len(found) < 2:  # noqa: PLR2004 - it is not unique, and that is all
            if is_whole(document.text, at, at + len(spelled)):
                found.add(_whole_newlines(document.text, Span(at, at + len(spelled))))
            at = document.text.find(spelled, at + 1, scope.end)
        for start, end in found_in_any_form(document.text, spelled, *scope):
            if len(found) < 2:  # noqa: PLR2004 - likewise
                found.add(_whole_newlines(document.text, Span(start, end)))
    return found


def _whole_newlines(text: str, span: Span) -> Span:
    """``span``, grown where it would part a carriage return from its line feed."""
    start, end = span
    if text[start - 1 : start + 1] == "\r\n":
        start -= 1
    if text[end - 1 : end + 1] == "\r\n":
        end += 1
    return Span(start, end)


def bad_text(text: str) -> str | None:
    """What in ``text`` no edit may write."""
    if any(mark in text for mark in LOCK_MARKS):
        return "an edit may not add lock markers"
    for char in text:
        if char in "\n\r\t" or char.isprintable():
            continue
        if unicodedata.category(char) in _HIDDEN or char in _DIRECTION:
            return f"an edit may not add the hidden character U+{ord(char):04X}"
    return None


_HIDDEN = {"Cc", "Cs", "Cn", "Co"}
_DIRECTION = frozenset(
    map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xE0000, 0xE0080)))
)
