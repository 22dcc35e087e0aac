"""Tasks from the questions that a document asks itself: `## Question?` or `Q: ...`, then an answer.

Questions in tables and in `<details>` have readers of their own, and end the answer above them.
This is the draft that needs no model. A question without an answer below it is no task.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from skillopt.core.mining.candidate import Found, Skipped
from skillopt.core.mining.markdown import FENCE, LONGEST_TITLE, Block, plain, without_code
from skillopt.core.mining.question_details import question_details
from skillopt.core.mining.question_tables import question_tables

_HEADING = re.compile(r" {0,3}#{1,6}[ \t]++(?P<title>.*)")
_BOLD = re.compile(r"\s*(?:\*\*|__)(?P<title>[^*_]+\?)(?:\*\*|__)\s*\Z")
_ASKED = re.compile(
    r"\s*(?:\*\*|__)?(?:Q|Question)(?:\s*+\d++)?\s*+[:.](?:\*\*|__)?\s*+(?P<title>\S.*)",
    re.IGNORECASE,
)
_ANSWERED = re.compile(
    r"\s*+(?:\*\*|__)?(?:A|Answer)(?:\s*+\d++)?\s*+[:.](?:\*\*|__)?\s*+", re.IGNORECASE
)
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*\Z")


def questions(text: str, source: str) -> Iterator[Found | Skipped]:
    """The questions of a document with their answers.

    Args:
        text: of the document, Markdown or plain.
        source: the file; the line is added.
    """
    rows = text.splitlines()
    blocks = _blocks(rows, source)
    start = 0
    for block in blocks:
        yield from _headed(rows, start, block.first, source)
        yield from block.finds
        start = block.last + 1
    yield from _headed(rows, start, len(rows), source)


def _blocks(rows: list[str], source: str) -> list[Block]:
    """The blocks of questions in their order; of two that overlap the one that starts first."""
    found = [*question_tables(without_code(rows), source), *question_details(rows, source)]
    apart: list[Block] = []
    for block in sorted(found, key=lambda one: (one.first, -one.last)):
        if not apart or block.first > apart[-1].last:
            apart.append(block)
    return apart


def _headed(rows: list[str], start: int, end: int, source: str) -> Iterator[Found]:
    """The questions in headings, bold lines and after `Q:`, of the lines from start to end."""
    title, line, answer = None, 0, list[str]()
    fence: str | None = None
    for number, row in enumerate(_one_style(rows[start:end]), start=start + 1):
        mark = FENCE.match(row)
        if mark and (fence is None or mark.group(1).startswith(fence)):
            fence = mark.group(1)[:3] if fence is None else None
        asked, ends = (None, False) if fence or mark else _opening(row)
        if not ends:
            answer.append(row)
            continue
        yield from _found(title, answer, f"{source}:{line}")
        title, line, answer = asked, number, []
    yield from _found(title, answer, f"{source}:{line}")


def _opening(row: str) -> tuple[str | None, bool]:
    """The question that a line opens, and whether it ends what stands above."""
    if len(row) > LONGEST_TITLE:
        return None, False
    heading = _HEADING.match(row)
    if heading:
        title = plain(heading["title"].rstrip(" \t").rstrip("#"))
        asked = _ASKED.match(title)
        title = asked["title"].rstrip() if asked else title
        return (title if asked or title.endswith("?") else None), True
    found = _BOLD.match(row) or _ASKED.match(row)
    return (plain(found["title"]), True) if found else (None, False)


def _one_style(rows: list[str]) -> Iterator[str]:
    """The lines, with a question that is underlined as a heading with `#`; as many as there are.

    It follows an empty line: the last field of a document's front matter is none.
    """
    under, fenced = False, False
    for before, row, below in zip(["", *rows[:-1]], rows, [*rows[1:], ""], strict=False):
        fenced ^= bool(FENCE.match(row))
        asks = row.rstrip().endswith("?") and not before.strip() and not fenced
        opens = asks and bool(_UNDERLINE.match(below))
        yield f"# {row.strip()}" if opens else "" if under else row
        under = opens


def _found(title: str | None, rows: list[str], source: str) -> Iterator[Found]:
    answer = "\n".join(rows).strip()
    marked = _ANSWERED.match(answer)
    answer = answer[marked.end() :].strip() if marked else answer
    if title and answer and any(map(str.isalnum, title)):
        yield Found(input=title, recorded=answer, source=source, quote=answer)
