"""Shrinking: what can be deleted from a skill or merged in it, one step at a time.

A rule that was added for a reason may have lost it: another rule covers it by now, or the target
has become better. It still costs tokens in every call, and text that is of no use distracts (Shi et
al. 2023, "Large Language Models Can Be Easily Distracted by Irrelevant Context", arXiv 2302.00093).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from skillopt.core.figures import clipped
from skillopt.core.proposals.merging import merges
from skillopt.core.proposals.proposal import Draft
from skillopt.core.proposals.rule_order import Known, by_evidence
from skillopt.core.skill.changes import FENCE
from skillopt.core.skill.document import Document, Span
from skillopt.core.skill.edit import Delete, Edit, apply
from skillopt.core.skill.file_names import is_reference
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SKILL_MD

LONGEST_ANCHOR = 100_000
_LONGEST_SHOWN = 200

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_BULLET = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+")
_HEADING = re.compile(r"\s{0,3}#{1,6}(?:\s|$)")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[\"'`*_(\[]*[A-Z])")


def shrinking(
    first: Skill, skill: Skill, *, tried: Collection[tuple[Edit, ...]], known: Known
) -> Draft:
    """A draft that shortens the skill by one step that was not tried; no edits where none is left.

    Deletions come before merges: a rule that is of no use would else go on inside another.

    Args:
        first: the version that is shrunk; its pieces are what is deleted.
        skill: what has come of it so far.
        tried: the edits that were tried.
        known: what the order of the deletions rests on.
    """
    pieces = [
        edit
        for edit in deletions(first)
        if (edit,) not in tried and isinstance(apply(skill, (edit,)), Skill)
    ]
    for edit in by_evidence(pieces, skill, known):
        return Draft(idea=f"delete “{_shown(edit.anchor)}”", edits=(edit,))
    for merge in merges(skill, deletions(skill)):
        if merge.edits not in tried:
            idea = f"merge “{_shown(merge.first)}” and “{_shown(merge.second)}”"
            return Draft(idea=idea, edits=merge.edits)
    return Draft(idea="nothing is left to delete or to merge", edits=())


def _shown(text: str) -> str:
    return clipped(" ".join(text.split()), _LONGEST_SHOWN)


def deletions(skill: Skill) -> tuple[Delete, ...]:
    """Each section, list item, table row, paragraph, code block and sentence, the longest first.

    Those of the SKILL.md, and of the reference files beside it.

    What is locked, and what would leave nothing, is no piece; neither is a text that stands in the
    skill twice and cannot be told apart by its section.
    """
    pieces = dict.fromkeys(
        (file, span)
        for file, document in skill.documents.items()
        if file == SKILL_MD or is_reference(file)
        for span in (*_sections(document), *_blocks(document), *_sentences(document))
        if 0 < len(document.text[span.start : span.end].strip()) <= LONGEST_ANCHOR
    )
    longest_first = sorted(
        pieces, key=lambda piece: (piece[1].start - piece[1].end, piece[0] != SKILL_MD, *piece)
    )
    found = (_edit(skill, file, span) for file, span in longest_first)
    return tuple(edit for edit in found if edit)


def _edit(skill: Skill, file: str, span: Span) -> Delete | None:
    document = skill.documents[file]
    inside = [
        part.path
        for part in document.sections
        if part.content_start <= span.start and span.end <= part.span.end
    ]
    for section in ((), *reversed(inside)):
        edit = Delete(anchor=document.text[span.start : span.end], section=section, file=file)
        after = apply(skill, (edit,))
        if isinstance(after, Skill) and after.documents[file].body_text.strip():
            return edit
    return None


def _sections(document: Document) -> Iterator[Span]:
    for part in document.sections:
        yield part.span


def _blocks(document: Document) -> Iterator[Span]:
    """Runs of lines that belong together, with the blank line after them if one is before, too."""
    start: int | None = None
    in_code = False
    at = document.body.start
    for line in _LINE.findall(document.text[at : document.body.end]):
        fence = bool(FENCE.match(line))
        if in_code:
            in_code = not fence
        else:
            opens = fence or bool(_BULLET.match(line)) or line.lstrip().startswith("|")
            locked = any(region.start <= at < region.end for region in document.locked)
            apart = locked or not line.strip() or bool(_HEADING.match(line))
            if start is not None and (opens or apart):
                yield _with_blank(document, Span(start, at))
                start = None
            if start is None and not apart:
                start = at
            in_code = fence
        at += len(line)
    if start is not None:
        yield _with_blank(document, Span(start, document.body.end))


def _with_blank(document: Document, span: Span) -> Span:
    before = document.text[max(0, span.start - _LONGEST_SHOWN) : span.start]
    blank = _LINE.match(document.text, span.end)
    lines = _LINE.findall(before)
    alone = not before or (bool(lines) and not lines[-1].strip())
    if alone and blank and not blank[0].strip():
        return Span(span.start, span.end + len(blank[0]))
    return span


def _sentences(document: Document) -> Iterator[Span]:
    """The sentences of blocks that have several; a bullet stays with what is left of its item."""
    for block in _blocks(document):
        text = document.text[block.start : block.end].rstrip()
        if FENCE.match(text) or text.lstrip().startswith("|"):
            continue
        bullet = _BULLET.match(text)
        starts = [bullet.end() if bullet else 0]
        starts += [found.end() for found in _SENTENCE.finditer(text) if found.end() > starts[0]]
        for index, start in enumerate(starts if len(starts) > 1 else ()):
            last = index == len(starts) - 1
            begin = len(text[:start].rstrip()) if last else start
            end = len(text) if last else starts[index + 1]
            yield Span(block.start + begin, block.start + end)
