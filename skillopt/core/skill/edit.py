"""Bounded edits: what may be done to a skill, and what does not fit.

An edit names its place by a file and an anchor, text that must occur exactly once there (in the
section it names, or in the whole body). All anchors are looked up in the skill as it is, so the
edits of one proposal do not depend on their order, and all are applied or none. What does not fit
is a :class:`Misfit` with its reason; nothing is improvised.
"""

from __future__ import annotations

from collections import defaultdict
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Literal, NamedTuple, assert_never

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from skillopt.core.skill.anchors import Miss, bad_text, locked_by, place_of
from skillopt.core.skill.description import description_change
from skillopt.core.skill.document import BOM, Document, Span
from skillopt.core.skill.file_names import collision_with, flaw_of_name
from skillopt.core.skill.left_out import Surroundings, flaw_of_place
from skillopt.core.skill.links import broken_link
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SKILL_MD, SkillFile
from skillopt.core.value import Value

Text = Annotated[str, Field(max_length=100_000)]


File = Annotated[str, Field(max_length=500)]
"""A path in the skill's folder, with `/` between its parts."""
InFile = SkipJsonSchema[File]
"""Where a lone SKILL.md is edited nobody is asked for it; see
:mod:`skillopt.core.proposals.folder_draft`."""


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
    file: InFile = Field(default=SKILL_MD, exclude_if=SKILL_MD.__eq__)
    """The file that the anchor is in."""


class Replace(Value):
    """New text in an anchor's place."""

    kind: Literal["replace"] = "replace"
    anchor: Text = Field(min_length=1)
    text: Text
    section: tuple[str, ...] = ()
    file: InFile = Field(default=SKILL_MD, exclude_if=SKILL_MD.__eq__)


class Delete(Value):
    """An anchor goes."""

    kind: Literal["delete"] = "delete"
    anchor: Text = Field(min_length=1)
    section: tuple[str, ...] = ()
    file: InFile = Field(default=SKILL_MD, exclude_if=SKILL_MD.__eq__)


class Create(Value):
    """A new text file beside the SKILL.md."""

    kind: Literal["create"] = "create"
    file: File
    text: Text


class Remove(Value):
    """A text file beside the SKILL.md goes."""

    kind: Literal["remove"] = "remove"
    file: File


class Describe(Value):
    """New text for the front matter's `description`; all else of it stays."""

    kind: Literal["describe"] = "describe"
    text: Text

    @property
    def file(self) -> str:
        """The file it is in."""
        return SKILL_MD


Edit = Annotated[
    Insert
    | Replace
    | Delete
    | SkipJsonSchema[Create]
    | SkipJsonSchema[Remove]
    | SkipJsonSchema[Describe],
    Field(discriminator="kind"),
]


def added_text(edit: Edit) -> str:
    """What an edit writes; "" where it only takes away."""
    match edit:
        case Insert() | Replace() | Create() | Describe():
            return edit.text
        case Delete() | Remove():
            return ""
        case _:
            assert_never(edit)


def anchor_of(edit: Edit) -> str:
    """The text that names an edit's place; "" where none does."""
    match edit:
        case Insert() | Replace() | Delete():
            return edit.anchor
        case Create() | Remove() | Describe():
            return ""
        case _:
            assert_never(edit)


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
    FILE_MISSING = "file_missing"
    FILE_EXISTS = "file_exists"
    BAD_PATH = "bad_path"
    NOT_EDITABLE = "not_editable"
    BROKEN_LINK = "broken_link"
    TOO_MANY_FILES = "too_many_files"
    BAD_DESCRIPTION = "bad_description"


class Misfit(Value):
    """A proposal that does not fit, and why."""

    reason: MisfitReason
    detail: str
    """A sentence for the optimizer and for the reader of the ledger."""
    edit: int | None = None
    """Index of the edit at fault, counted from 0; None where it is the whole proposal."""


class _Change(NamedTuple):
    """Put ``text`` in the place of ``span``."""

    file: str
    span: Span
    text: str
    number: int
    describes: bool = False


class _Work(NamedTuple):
    """What the edits of a proposal do, by kind."""

    changes: defaultdict[str, list[_Change]]
    created: dict[str, SkillFile]
    removed: dict[str, int]
    """The number of the edit that removes a file."""


def apply(skill: Skill, edits: tuple[Edit, ...]) -> Skill | Misfit:
    """``skill`` with all of ``edits``, or why they do not fit; outside the anchors all stays."""
    if not edits:
        return Misfit(reason=MisfitReason.NO_EDITS, detail="the proposal has no edits")
    work = _Work(defaultdict(list), {}, {})
    for index, edit in enumerate(edits):
        misfit = _take(skill, edit, index, work)
        if misfit:
            return misfit
    documents: dict[str, Document] = {}
    for path, changes in work.changes.items():
        written = _written(skill.documents[path], path, changes, work)
        if isinstance(written, Misfit):
            return written
        documents[path] = written
    return _whole(skill, _rebuilt(skill, documents, work))


def _take(skill: Skill, edit: Edit, index: int, work: _Work) -> Misfit | None:
    """Enter one edit into ``work``."""
    match edit:
        case Insert() | Replace() | Delete() | Describe():
            found = _change(skill, edit, index)
            if isinstance(found, Misfit):
                return found
            work.changes[found.file].append(found)
        case Create():
            misfit = _flaw_of_new(skill, edit, index, work)
            if misfit:
                return misfit
            work.created[edit.file] = SkillFile(path=edit.file, data=edit.text.encode())
        case Remove():
            if edit.file in work.removed:
                return _twice(edit.file, work.removed[edit.file], index)
            work.removed[edit.file] = index
            return _flaw_of_removal(skill, edit, index)
        case _:
            assert_never(edit)
    return None


def _change(
    skill: Skill, edit: Insert | Replace | Delete | Describe, index: int
) -> _Change | Misfit:
    document = _document(skill, edit.file, index)
    if isinstance(document, Misfit):
        return document
    text = added_text(edit)
    complaint = bad_text(text)
    if complaint:
        return Misfit(reason=MisfitReason.BAD_TEXT, detail=complaint, edit=index)
    match edit:
        case Describe():
            described = description_change(document, text)
            if isinstance(described, str):
                reason = MisfitReason.BAD_DESCRIPTION
                return Misfit(reason=reason, detail=described, edit=index)
            span, text = locked_by(document, described.span) or described.span, described.text
        case Insert():
            span = place_of(document, edit.anchor, edit.section, side=edit.where)
        case Replace() | Delete():
            span = place_of(document, edit.anchor, edit.section)
        case _:
            assert_never(edit)
    if isinstance(span, Miss):
        where = "" if edit.file == SKILL_MD else f" (in {edit.file})"
        detail = f"{span.detail}{where}"
        return Misfit(reason=MisfitReason(span.reason), detail=detail, edit=index)
    own = document.with_own_newlines(text)
    return _Change(edit.file, span, own, index, describes=isinstance(edit, Describe))


def _document(skill: Skill, path: str, index: int) -> Document | Misfit:
    document = skill.documents.get(path)
    if document:
        return document
    if path in skill.paths:
        detail = f"{path} is no text, and only texts are edited"
        return Misfit(reason=MisfitReason.NOT_EDITABLE, detail=detail, edit=index)
    return Misfit(reason=MisfitReason.FILE_MISSING, detail=f"no such file: {path}", edit=index)


def _flaw_of_new(skill: Skill, edit: Create, index: int, work: _Work) -> Misfit | None:
    complaint = bad_text(edit.text) or (None if edit.text.strip() else "a new file has no text")
    if complaint:
        return Misfit(reason=MisfitReason.BAD_TEXT, detail=complaint, edit=index)
    flaw = flaw_of_name(edit.file)
    there = None if flaw else collision_with(edit.file, (*skill.paths, *work.created))
    if there:
        detail = f"{edit.file} cannot be created: {there}"
        return Misfit(reason=MisfitReason.FILE_EXISTS, detail=detail, edit=index)
    flaw = flaw or flaw_of_place(edit.file, skill.paths, edit.text.encode())
    if flaw:
        detail = f"{edit.file[:80]!r} can be no new file: {flaw}"
        return Misfit(reason=MisfitReason.BAD_PATH, detail=detail, edit=index)
    return None


def _flaw_of_removal(skill: Skill, edit: Remove, index: int) -> Misfit | None:
    if edit.file == SKILL_MD:
        detail = f"{SKILL_MD} cannot be removed: it is what makes the folder a skill"
        return Misfit(reason=MisfitReason.NOT_EDITABLE, detail=detail, edit=index)
    document = _document(skill, edit.file, index)
    if isinstance(document, Misfit):
        return document
    if document.locked:
        detail = f"{edit.file} cannot be removed: it has a locked region"
        return Misfit(reason=MisfitReason.LOCKED, detail=detail, edit=index)
    return None


def _twice(path: str, first: int, second: int) -> Misfit:
    detail = f"edits {first} and {second} touch the same file, {path}, and one removes it"
    return Misfit(reason=MisfitReason.OVERLAP, detail=detail, edit=second)


def _written(
    document: Document, path: str, changes: list[_Change], work: _Work
) -> Document | Misfit:
    """The text with its changes."""
    changes.sort(key=lambda change: (change.span, change.number))
    if path in work.removed:
        return _twice(path, *sorted((changes[0].number, work.removed[path])))
    overlap = _overlap(changes)
    if overlap:
        return overlap
    after = document.model_copy(update={"text": _rewritten(document.text, changes)})
    described = [change for change in changes if change.describes]
    allowed = document.model_copy(update={"text": _rewritten(document.text, described)})
    misfit = _lost(document, allowed if described else document, after)
    return misfit or after


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


def _lost(before: Document, allowed: Document, after: Document) -> Misfit | None:
    """Compare what may not change, whatever the anchors were: the last word is the text itself."""
    if after.front_matter.rstrip("\r\n") != allowed.front_matter.rstrip("\r\n"):
        detail = "the front matter would change"
        return Misfit(reason=MisfitReason.FRONT_MATTER, detail=detail)
    if after.text.startswith(BOM) is not before.text.startswith(BOM):
        detail = "the byte order mark would be added or removed"
        return Misfit(reason=MisfitReason.BAD_TEXT, detail=detail)
    if after.locked_texts != before.locked_texts:
        return Misfit(reason=MisfitReason.LOCKED, detail="a locked region would change")
    return None


def _rebuilt(skill: Skill, documents: dict[str, Document], work: _Work) -> Skill:
    files = {file.path: file for file in skill.files if file.path not in work.removed}
    for path, document in documents.items():
        if path != SKILL_MD:
            files[path] = files[path].model_copy(update={"data": document.text.encode()})
    files |= work.created
    text = documents[SKILL_MD].text if SKILL_MD in documents else skill.text
    return Skill(text=text, files=tuple(files.values()))


def _whole(before: Skill, after: Skill) -> Skill | Misfit:
    """The edited skill, if it is another one and its files still hold together."""
    if after == before:
        return Misfit(reason=MisfitReason.NO_CHANGE, detail="the edits leave the skill as it is")
    left_out = _left_out(before, after)
    if left_out:
        detail = f"{left_out} would be read as tasks, which are no part of a skill"
        return Misfit(reason=MisfitReason.NOT_EDITABLE, detail=detail)
    broken = broken_link(before, after)
    if broken:
        return Misfit(reason=MisfitReason.BROKEN_LINK, detail=broken)
    return after


def _left_out(before: Skill, after: Skill) -> str | None:
    """A file that its new content would take out of the skill."""
    alone = Surroundings(folder="")
    changed = (file for file in after.files if file not in before.files)
    return next(
        (
            file.path
            for file in changed
            if alone.why_left_out(file.path, file.data) and not alone.why_left_out(file.path)
        ),
        None,
    )
