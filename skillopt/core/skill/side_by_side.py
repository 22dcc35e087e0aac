"""Two versions of a skill side by side, line by line and word by word, for pages."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import Literal

import regex

from skillopt.core.skill.diff import LARGEST_COMPARED, changed_files
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile
from skillopt.core.value import Value

LONGEST_COMPARED = 1_000
"""Characters of a line that is compared word by word; of a longer one, all counts as changed."""
LEAST_SIMILAR = 0.4
"""Ratio of common words from which two lines are shown as one that was changed."""

_WORD = regex.compile(r"\w+|\s+|\X")

RowKind = Literal["same", "changed", "deleted", "added", "gap"]
FileKind = Literal["changed", "added", "deleted", "not text", "mode"]


class Piece(Value):
    """Some characters of a line."""

    text: str
    changed: bool = False
    """The other side does not have them."""


class Side(Value):
    """A line of one version."""

    number: int
    """Counted from 1."""
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The whole line."""
        return "".join(piece.text for piece in self.pieces)


class Row(Value):
    """One line of both versions, or of one."""

    kind: RowKind
    """`gap` stands for unchanged lines that are left out."""
    before: Side | None = None
    after: Side | None = None
    left_out: int = 0
    """Of a gap: how many lines."""


class FileDiff(Value):
    """A file that differs."""

    path: str
    kind: FileKind
    """`not text`: no text, or too large to compare; `mode`: only executable or not."""
    rows: tuple[Row, ...] = ()
    rows_left_out: int = 0
    """Rows at the end that are not here: a page shows only so much."""
    deleted: int = 0
    """Lines that only the older version has; a changed line counts on both sides."""
    added: int = 0


def side_by_side(before: Skill, after: Skill, *, context: int = 3) -> tuple[FileDiff, ...]:
    """The files that differ, the SKILL.md first.

    Args:
        before: the older version.
        after: the newer version.
        context: unchanged lines around each change.
    """
    return tuple(_file(old, new, context) for old, new in changed_files(before, after))


def _file(old: SkillFile | None, new: SkillFile | None, context: int) -> FileDiff:
    either = old or new
    assert either is not None
    kind: FileKind = "added" if old is None else "deleted" if new is None else "changed"
    if old and new and old.data == new.data:
        return FileDiff(path=either.path, kind="mode")
    if not all(_is_compared(file) for file in (old, new) if file):
        return FileDiff(path=either.path, kind="not text")
    rows = tuple(text_rows(_text(old), _text(new), context=context))
    return FileDiff(
        path=either.path,
        kind=kind,
        rows=rows,
        deleted=sum(row.kind in ("changed", "deleted") for row in rows),
        added=sum(row.kind in ("changed", "added") for row in rows),
    )


def _is_compared(file: SkillFile) -> bool:
    return file.text is not None and len(file.data) <= LARGEST_COMPARED


def _text(file: SkillFile | None) -> str:
    return (file.text or "") if file else ""


def text_rows(before: str, after: str, *, context: int = 3) -> Iterator[Row]:
    """The rows of two texts: changes with ``context`` unchanged lines around, gaps between."""
    old, new = before.splitlines(), after.splitlines()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=True)
    seen = 0
    for group in matcher.get_grouped_opcodes(context):
        start = group[0][1]
        if start > seen:
            yield Row(kind="gap", left_out=start - seen)
        for tag, low, high, low_new, high_new in group:
            if tag == "equal":
                yield from _same(old[low:high], low, low_new)
            else:
                yield from _changed(old[low:high], new[low_new:high_new], low, low_new)
        seen = group[-1][2]
    if 0 < seen < len(old):
        yield Row(kind="gap", left_out=len(old) - seen)


def _same(lines: Sequence[str], old_from: int, new_from: int) -> Iterator[Row]:
    for at, line in enumerate(lines, start=1):
        pieces = (Piece(text=line),)
        yield Row(
            kind="same",
            before=Side(number=old_from + at, pieces=pieces),
            after=Side(number=new_from + at, pieces=pieces),
        )


def _changed(old: Sequence[str], new: Sequence[str], old_from: int, new_from: int) -> Iterator[Row]:
    """Lines that were replaced: in pairs where they are alike, else one after the other."""
    for at in range(max(len(old), len(new))):
        before = old[at] if at < len(old) else None
        after = new[at] if at < len(new) else None
        if before is not None and after is not None:
            pair = _pieces(before, after)
            yield Row(
                kind="changed",
                before=Side(number=old_from + at + 1, pieces=pair[0]),
                after=Side(number=new_from + at + 1, pieces=pair[1]),
            )
        elif before is not None:
            side = Side(number=old_from + at + 1, pieces=(Piece(text=before),))
            yield Row(kind="deleted", before=side)
        elif after is not None:
            side = Side(number=new_from + at + 1, pieces=(Piece(text=after),))
            yield Row(kind="added", after=side)


def _pieces(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both lines with the words marked that only one of them has."""
    whole = (Piece(text=before, changed=True),), (Piece(text=after, changed=True),)
    if max(len(before), len(after)) > LONGEST_COMPARED:
        return whole
    old, new = _WORD.findall(before), _WORD.findall(after)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < LEAST_SIMILAR:
        return whole
    left: list[Piece] = []
    right: list[Piece] = []
    for tag, low, high, low_new, high_new in matcher.get_opcodes():
        for side, text in ((left, old[low:high]), (right, new[low_new:high_new])):
            if text:
                side.append(Piece(text="".join(text), changed=tag != "equal"))
    return tuple(left), tuple(right)
