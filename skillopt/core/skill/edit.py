"""Bounded edits: what may be done to a skill, and what does not fit.

An edit names its place by an anchor, text that must occur exactly once (in the section it names, or
in the whole body). All anchors are looked up in the skill as it is, so the edits of one proposal do
not depend on their order, and all are applied or none. What does not fit is a :class:`Misfit` with
its reason; nothing is improvised.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Literal, NamedTuple, assert_never

from pydantic import Field

from skillopt.core.skill.canonical_text import found_in_any_form, is_whole
from skillopt.core.skill.skill import BOM, LOCK_MARKS, Skill, Span
from skillopt.core.value import Value

Text = Annotated[str, Field(max_length=100_000)]


class Insert(Value):
    """New text before or after an anchor.

    An empty anchor stands for the section itself: `after` is its end, `before` the place right
    under its heading (without a section: the end and the start of the body).
    """

    kind: Literal["insert"] = "insert"
    anchor: Text
    where: Literal["before", "after"] = "after"
    text: Text
    section: tuple[str, ...] = ()
    """Heading path that narrows the search, outermost first."""


class Replace(Value):
    """New text in an anchor's place."""

    kind: Literal["replace"] = "replace"
    anchor: Text = Field(min_length=1)
    text: Text
    section: tuple[str, ...] = ()


class Delete(Value):
    """An anchor goes."""

    kind: Literal["delete"] = "delete"
    anchor: Text = Field(min_length=1)
    section: tuple[str, ...] = ()


Edit = Annotated[Insert | Replace | Delete, Field(discriminator="kind")]


class MisfitReason(StrEnum):
    """Why a proposal does not fit the skill or its budget."""

    NO_EDITS = "no_edits"
    ANCHOR_MISSING = "anchor_missing"
    ANCHOR_REPEATED = "anchor_repeated"
    SECTION_MISSING = "section_missing"
    SECTION_REPEATED = "section_repeated"
    OVERLAP = "overlap"
    LOCKED = "locked"
    FRONT_MATTER = "front_matter"
    BAD_TEXT = "bad_text"
    NO_CHANGE = "no_change"
    TOO_MANY_EDITS = "too_many_edits"
    TOO_MUCH_CHANGED = "too_much_changed"
    SKILL_TOO_LARGE = "skill_too_large"


class Misfit(Value):
    """A proposal that does not fit, and why."""

    reason: MisfitReason
    detail: str
    """A sentence for the optimizer and for the reader of the ledger."""
    edit: int | None = None
    """Index of the edit at fault, counted from 0; None where it is the whole proposal."""


class _Change(NamedTuple):
    """Put ``text`` in the place of ``span``."""

    span: Span
    text: str
    number: int


def apply(skill: Skill, edits: tuple[Edit, ...]) -> Skill | Misfit:
    """``skill`` with all of ``edits``, or why they do not fit; outside the anchors all stays."""
    if not edits:
        return Misfit(reason=MisfitReason.NO_EDITS, detail="the proposal has no edits")
    changes: list[_Change] = []
    for index, edit in enumerate(edits):
        found = _locate(skill, edit, index)
        if isinstance(found, Misfit):
            return found
        changes.append(found)
    changes.sort(key=lambda change: (change.span, change.number))
    overlap = _overlap(changes)
    if overlap:
        return overlap
    return _kept_what_is_locked(skill, Skill(text=_rewritten(skill.text, changes)))


def _locate(skill: Skill, edit: Edit, index: int) -> _Change | Misfit:
    text = "" if isinstance(edit, Delete) else edit.text
    complaint = _bad_text(text)
    if complaint:
        return Misfit(reason=MisfitReason.BAD_TEXT, detail=complaint, edit=index)
    scope = _scope(skill, edit.section, index)
    if isinstance(scope, Misfit):
        return scope
    span = _anchored(skill, edit, scope, index)
    if isinstance(span, Misfit):
        return span
    locked = next((region for region in skill.locked if region.touches(span)), None)
    if locked:
        detail = (
            f"the position is in a locked region: {skill.text[locked.start : locked.end][:60]!r}"
        )
        return Misfit(reason=MisfitReason.LOCKED, detail=detail, edit=index)
    return _Change(span, skill.with_own_newlines(text), index)


def _scope(skill: Skill, path: tuple[str, ...], index: int) -> Span | Misfit:
    if not path:
        return skill.body
    matching = [section for section in skill.sections if section.is_at(path)]
    if len(matching) == 1:
        return matching[0].span
    spelled = " > ".join(path)
    if matching:
        detail = f"{len(matching)} sections are named {spelled!r}; give the whole heading path"
        return Misfit(reason=MisfitReason.SECTION_REPEATED, detail=detail, edit=index)
    detail = f"no section is named {spelled!r}"
    return Misfit(reason=MisfitReason.SECTION_MISSING, detail=detail, edit=index)


def _anchored(skill: Skill, edit: Edit, scope: Span, index: int) -> Span | Misfit:
    if not edit.anchor:
        assert isinstance(edit, Insert)
        return _edge(skill, edit, scope)
    spans = _occurrences(skill, edit.anchor, scope)
    if len(spans) != 1:
        missing = not spans
        reason = MisfitReason.ANCHOR_MISSING if missing else MisfitReason.ANCHOR_REPEATED
        how_often = "does not occur" if missing else "occurs more than once"
        detail = f"the anchor {edit.anchor[:80]!r} {how_often}; an anchor must occur exactly once"
        return Misfit(reason=reason, detail=detail, edit=index)
    start, end = spans.pop()
    match edit:
        case Insert():
            point = start if edit.where == "before" else end
            return Span(point, point)
        case Replace() | Delete():
            return Span(start, end)
        case _:
            assert_never(edit)


def _edge(skill: Skill, edit: Insert, scope: Span) -> Span:
    """The section's own edge: its end, or the place right under its heading."""
    if edit.where == "after":
        return Span(scope.end, scope.end)
    heading = next((part for part in skill.sections if part.span == scope and edit.section), None)
    start = heading.content_start if heading else scope.start
    return Span(start, start)


def _occurrences(skill: Skill, anchor: str, scope: Span) -> set[Span]:
    """Where ``anchor`` is within ``scope``, overlapping occurrences included; two are enough.

    Its line endings may be those of the skill or those of the very place, and its Unicode form may
    be another one than that of the place: `é` is one character or two, and looks the same.
    """
    found: set[Span] = set()
    for spelled in (skill.with_own_newlines(anchor), anchor):
        at = skill.text.find(spelled, *scope)
        while at >= 0 and len(found) < 2:  # noqa: PLR2004 - it is not unique, and that is all
            if is_whole(skill.text, at, at + len(spelled)):
                found.add(_whole_newlines(skill.text, Span(at, at + len(spelled))))
            at = skill.text.find(spelled, at + 1, scope.end)
        for start, end in found_in_any_form(skill.text, spelled, *scope):
            if len(found) < 2:  # noqa: PLR2004 - likewise
                found.add(_whole_newlines(skill.text, Span(start, end)))
    return found


def _whole_newlines(text: str, span: Span) -> Span:
    """``span``, grown where it would part a carriage return from its line feed."""
    start, end = span
    if text[start - 1 : start + 1] == "\r\n":
        start -= 1
    if text[end - 1 : end + 1] == "\r\n":
        end += 1
    return Span(start, end)


def _bad_text(text: str) -> str | None:
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


def _overlap(changes: list[_Change]) -> Misfit | None:
    for before, after in pairwise(changes):
        same_place = before.span == after.span
        if before.span.end > after.span.start or (
            same_place and before.span.start < before.span.end
        ):
            detail = f"edits {before.number} and {after.number} touch the same text"
            return Misfit(reason=MisfitReason.OVERLAP, detail=detail, edit=after.number)
    return None


def _rewritten(text: str, changes: list[_Change]) -> str:
    parts: list[str] = []
    at = 0
    for change in changes:
        parts += [text[at : change.span.start], change.text]
        at = change.span.end
    return "".join([*parts, text[at:]])


def _kept_what_is_locked(before: Skill, after: Skill) -> Skill | Misfit:
    """Compare what may not change, whatever the anchors were: the last word is the text itself."""
    if after.front_matter.rstrip("\r\n") != before.front_matter.rstrip("\r\n"):
        detail = "the front matter would change"
        return Misfit(reason=MisfitReason.FRONT_MATTER, detail=detail)
    if after.text.startswith(BOM) is not before.text.startswith(BOM):
        detail = "the byte order mark would be added or removed"
        return Misfit(reason=MisfitReason.BAD_TEXT, detail=detail)
    if after.locked_texts != before.locked_texts:
        return Misfit(reason=MisfitReason.LOCKED, detail="a locked region would change")
    if after.text == before.text:
        return Misfit(reason=MisfitReason.NO_CHANGE, detail="the edits leave the skill as it is")
    return after
