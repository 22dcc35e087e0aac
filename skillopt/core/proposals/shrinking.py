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
from skillopt.core.skill.document import Span
from skillopt.core.skill.edit import Delete, Edit, apply
from skillopt.core.skill.skill import Skill

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

    What is locked, and what would leave nothing, is no piece; neither is a text that stands in the
    skill twice and cannot be told apart by its section.
    """
    pieces = dict.fromkeys(
        span
        for span in (*_sections(skill), *_blocks(skill), *_sentences(skill))
        if 0 < len(skill.text[span.start : span.end].strip()) <= LONGEST_ANCHOR
    )
    longest_first = sorted(pieces, key=lambda span: (span.start - span.end, span.start))
    found = (_edit(skill, span) for span in longest_first)
    return tuple(edit for edit in found if edit)


def _edit(skill: Skill, span: Span) -> Delete | None:
    inside = [
        part.path
        for part in skill.sections
        if part.content_start <= span.start and span.end <= part.span.end
    ]
    for section in ((), *reversed(inside)):
        edit = Delete(anchor=skill.text[span.start : span.end], section=section)
        after = apply(skill, (edit,))
        if isinstance(after, Skill) and after.text[after.body.start :].strip():
            return edit
    return None


def _sections(skill: Skill) -> Iterator[Span]:
    for part in skill.sections:
        yield part.span


def _blocks(skill: Skill) -> Iterator[Span]:
    """Runs of lines that belong together, with the blank line after them if one is before, too."""
    start: int | None = None
    in_code = False
    at = skill.body.start
    for line in _LINE.findall(skill.text[at : skill.body.end]):
        fence = bool(FENCE.match(line))
        if in_code:
            in_code = not fence
        else:
            opens = fence or bool(_BULLET.match(line)) or line.lstrip().startswith("|")
            locked = any(region.start <= at < region.end for region in skill.locked)
            apart = locked or not line.strip() or bool(_HEADING.match(line))
            if start is not None and (opens or apart):
                yield _with_blank(skill, Span(start, at))
                start = None
            if start is None and not apart:
                start = at
            in_code = fence
        at += len(line)
    if start is not None:
        yield _with_blank(skill, Span(start, skill.body.end))


def _with_blank(skill: Skill, span: Span) -> Span:
    before = skill.text[max(0, span.start - _LONGEST_SHOWN) : span.start]
    blank = _LINE.match(skill.text, span.end)
    lines = _LINE.findall(before)
    alone = not before or (bool(lines) and not lines[-1].strip())
    if alone and blank and not blank[0].strip():
        return Span(span.start, span.end + len(blank[0]))
    return span


def _sentences(skill: Skill) -> Iterator[Span]:
    """The sentences of blocks that have several; a bullet stays with what is left of its item."""
    for block in _blocks(skill):
        text = skill.text[block.start : block.end].rstrip()
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
