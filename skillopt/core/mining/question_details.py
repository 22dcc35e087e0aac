"""Questions that a document folds away: `<details>` whose `<summary>` ends with a question mark.

What is folded within an answer is a part of it. A section that is not closed, as in half a page, is
skipped and named.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from skillopt.core.mining.candidate import Found, Skipped
from skillopt.core.mining.markdown import LONGEST_TITLE, Block, plain, without_code

_TAG = re.compile(r"<(?P<close>/?)(?P<name>details|summary)\b[^<>]{0,200}>", re.IGNORECASE)
_MARKUP = re.compile(r"<[^<>]{1,200}>")
_DEEPEST = 8
"""Levels of sections within sections that may ask."""


class _Section(NamedTuple):
    start: int
    title: str = ""
    summary: int = -1
    """Where the summary's words start."""
    answer: int = 0
    """Where the answer starts."""
    end: int = -1
    """Where the answer ends; -1 while the section is open."""


def question_details(rows: Sequence[str], source: str) -> Iterator[Block]:
    """The folded questions; those that share a line are one block.

    Args:
        rows: the document's lines.
        source: the file; the line is added.
    """
    text = "\n".join(rows)
    starts = [0, *accumulate(len(row) + 1 for row in rows)]
    first, last, finds = 0, -1, list[Found | Skipped]()
    for section in _outermost(_sections("\n".join(without_code(rows)))):
        ends = section.start if section.end < 0 else section.end
        opens, closes = (bisect_right(starts, at) - 1 for at in (section.start, ends))
        if finds and opens > last:
            yield Block(first, last, tuple(finds))
            finds = []
        first, last = first if finds else opens, closes
        finds.append(_found(section, text, f"{source}:{opens + 1}"))
    if finds:
        yield Block(first, last, tuple(finds))


def _sections(text: str) -> Iterator[_Section]:
    """The sections that ask, each where it is closed; those that are not, at the end."""
    opened: list[_Section] = []
    for tag in _TAG.finditer(text):
        match tag["name"].casefold(), bool(tag["close"]):
            case "details", False:
                opened.append(_Section(tag.start()))
            case "details", True if opened:
                closed = opened.pop()._replace(end=tag.start())
                if closed.title and len(opened) < _DEEPEST:
                    yield closed
            case "summary", False if opened:
                opened[-1] = opened[-1]._replace(summary=tag.end())
            case "summary", True if opened and opened[-1].summary >= 0 and not opened[-1].title:
                title = _title(text, opened[-1].summary, tag.start())
                opened[-1] = opened[-1]._replace(title=title, answer=tag.end())
    yield from (one for one in opened if one.title)


def _outermost(sections: Iterator[_Section]) -> Iterator[_Section]:
    """Those that are in no other closed one, in their order."""
    reached = -1
    for section in sorted(sections):
        if section.start > reached:
            reached = max(reached, section.end)
            yield section


def _found(section: _Section, text: str, source: str) -> Found | Skipped:
    if section.end < 0:
        reason = "a question in `<details>` that is not closed with `</details>`"
        return Skipped(source=source, reason=reason)
    answer = text[section.answer : section.end].strip()
    if not answer:
        return Skipped(source=source, reason="a question in `<details>` without an answer")
    return Found(input=section.title, recorded=answer, source=source, quote=answer)


def _title(text: str, start: int, end: int) -> str:
    """The question of a summary; empty where it asks none."""
    if end - start > LONGEST_TITLE:
        return ""
    words = plain(" ".join(html.unescape(_MARKUP.sub("", text[start:end])).split()))
    return words if words.endswith("?") and any(map(str.isalnum, words)) else ""
