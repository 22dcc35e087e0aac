"""Changes: what edits do to a skill, by the statements that come and go.

The same idea can be an insert or a replace that repeats its anchor, one edit or three, wrapped at
another column, marked with another bullet. None of that is in a :class:`Change`: it names the
section and the statement that was there before and the one that is there after. A statement is a
sentence of a paragraph or list item, a heading, a table row or a line of code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from skillopt.core.skill.canonical_text import found_in_any_form
from skillopt.core.skill.document import Document
from skillopt.core.skill.edit import Delete, Describe, Edit, Insert, Misfit, Replace, apply
from skillopt.core.skill.places import claimed_place, own_text, place_name
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value, text_hash

MOST_STATEMENTS = 64
"""Statements of a section that its print keeps: all of them in all but huge sections."""

REWORDED = 60.0
"""Similarity (rapidfuzz's `ratio`, 0 to 100) at which a statement removed and one added are one
statement reworded."""

_STARTS = re.compile(r"\s*(?:[-*+]\s+|\d{1,9}[.)]\s+|#{1,6}\s|>|\|)")
_BULLET = re.compile(r"(?<!\s)\s*+(?:[-*+]\s+|\d{1,9}[.)]\s+|>\s?)+")
FENCE = re.compile(r"\s{0,3}(?:```|~~~)")
"""A line that opens or closes a block of code."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[\"'`*_(\[]*[A-Z])")


class Change(Value):
    """One statement that came, went or was reworded."""

    section: str
    """The innermost place around the edit (:mod:`skillopt.core.skill.places`); "" above the first
    heading of the SKILL.md."""
    before: str = ""
    """The statement as it was; "" where there was none."""
    after: str = ""
    """The statement as it is; "" where it is gone."""
    edit: int = 0
    """Index of the edit that does it, from 0."""


class SectionPrint(Value):
    """A section's own text at one time, in small: enough to say how much of it has changed."""

    heading: str
    """Its name (:mod:`skillopt.core.skill.places`)."""
    statements: tuple[str, ...]
    """8 hex digits for each of its statements, sorted; the :data:`MOST_STATEMENTS` smallest."""


def changes_of(skill: Skill, edits: Sequence[Edit]) -> tuple[Change, ...]:
    """What each of ``edits`` changes in ``skill`` by itself; nothing where it does not fit."""
    return tuple(
        change.model_copy(update={"edit": index})
        for index, edit in enumerate(edits)
        for change in _changes_of_one(skill, edit)
    )


def section_of(skill: Skill, edit: Edit) -> str:
    """The innermost place in which ``edit`` writes; the one it names where it fits nowhere."""
    document = skill.documents.get(edit.file)
    if document is None or not isinstance(edit, Insert | Replace | Delete):
        return claimed_place(edit)
    at = _place(document, edit)
    under = [part for part in document.sections if part.span.start <= at < part.span.end]
    return place_name(edit.file, under[-1].path) if under else claimed_place(edit)


@lru_cache(maxsize=256)
def section_print(skill: Skill, heading: str) -> SectionPrint:
    """The print of the section ``heading`` names; of nothing where there is no such section."""
    found = {text_hash(text)[:8] for text in statements(own_text(skill, heading))}
    return SectionPrint(heading=heading, statements=tuple(sorted(found)[:MOST_STATEMENTS]))


def is_rewritten(then: SectionPrint, now: SectionPrint) -> bool:
    """Whether at most half of the statements it had are still there; more may have come."""
    old, new = set(then.statements), set(now.statements)
    if len(old) == MOST_STATEMENTS or len(new) == MOST_STATEMENTS:
        old, new = _smallest(old, old | new), _smallest(new, old | new)
    return bool(old) and 2 * len(old & new) <= len(old)


def statements(text: str) -> list[str]:
    """The statements of a Markdown text, white space collapsed, bullets removed."""
    found: list[str] = []
    paragraph: list[str] = []
    in_code = False

    def close() -> None:
        if paragraph:
            found.extend(_SENTENCE_END.split(" ".join(paragraph)))
            paragraph.clear()

    for line in text.splitlines():
        bare = " ".join(line.split())
        fence = FENCE.match(line)
        if in_code or fence or not bare:
            close()
            in_code = in_code != bool(fence)
            found += [bare] if bare and not fence else []
            continue
        if _STARTS.match(line):
            close()
            bare = " ".join(_BULLET.sub("", line, count=1).split())
        paragraph += [bare] if bare else []
        if line.lstrip().startswith(("#", "|")):
            close()
    close()
    return [statement for statement in found if statement]


def _smallest(own: set[str], both: set[str]) -> set[str]:
    """``own`` as far as the smallest of ``both`` reach: what two cut prints can be compared by."""
    return own & set(sorted(both)[:MOST_STATEMENTS])


def _changes_of_one(skill: Skill, edit: Edit) -> list[Change]:
    after = apply(skill, (edit,))
    if isinstance(after, Misfit):
        return []
    place = section_of(skill, edit)
    if isinstance(edit, Describe):
        return _paired(place, *([str(one.fields.get("description", ""))] for one in (skill, after)))
    old, new = (statements(_body(one, edit.file)) for one in (skill, after))
    return _paired(place, *_exchanged(old, new))


def _exchanged(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """The statements that went, and those that came."""
    from rapidfuzz.distance import Indel

    went: list[str] = []
    came: list[str] = []
    for step in Indel.opcodes(old, new):
        if step.tag == "delete":
            went += old[step.src_start : step.src_end]
        elif step.tag == "insert":
            came += new[step.dest_start : step.dest_end]
    return went, came


def _paired(section: str, went: list[str], came: list[str]) -> list[Change]:
    from rapidfuzz import fuzz

    found: list[Change] = []
    left = list(came)
    for old in went:
        alike = max(left, key=lambda new: fuzz.ratio(old, new), default="")
        if alike and fuzz.ratio(old, alike) >= REWORDED:
            left.remove(alike)
            found.append(Change(section=section, before=old, after=alike))
        else:
            found.append(Change(section=section, before=old))
    return found + [Change(section=section, after=new) for new in left]


def _place(document: Document, edit: Insert | Replace | Delete) -> int:
    """Where in the text the edit's anchor stands, -1 where it does not."""
    scope = document.body
    if edit.section:
        scope = next((part.span for part in document.sections if part.is_at(edit.section)), scope)
    if edit.anchor:
        anchor = document.as_written(edit.anchor)
        at = document.text.find(anchor, scope.start, scope.end)
        other_forms = found_in_any_form(document.text, anchor, scope.start, scope.end)
        return at if at >= 0 else next((start for start, _ in other_forms), -1)
    at_end = isinstance(edit, Insert) and edit.where == "after"
    return max(scope.start, scope.end - 1) if at_end else scope.start


def _body(skill: Skill, file: str) -> str:
    document = skill.documents.get(file)
    return document.body_text if document else ""
