"""Questions in the tables of a Markdown document: a column of questions, and one of answers.

The column is headed as such (`Question`), or each of its cells ends with a question mark. The
answers are in the column that is headed so, or else in the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from skillopt.core.mining.candidate import Found, Skipped
from skillopt.core.mining.markdown import LONGEST_TITLE, Block, plain

_CELL = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r":?-+:?")
_BREAK = re.compile(r"<br\s{0,3}/?>", re.IGNORECASE)
_LONGEST_ROW = 20_000
_QUESTION = ("question", "questions", "q", "faq")
_ANSWER = ("answer", "answers", "a", "response", "reply")


def question_tables(rows: Sequence[str], source: str) -> Iterator[Block]:
    """The tables of questions.

    Args:
        rows: the document's lines, without code.
        source: the file; the line is added.
    """
    at = 0
    while at + 1 < len(rows):
        if "|" not in rows[at] or not _is_rule(rows[at + 1]):
            at += 1
            continue
        end = at + 2
        while end < len(rows) and "|" in rows[end]:
            end += 1
        if found := _asked(rows, at, end, source):
            yield Block(at, end - 1, found)
        at = end


def _is_rule(row: str) -> bool:
    cells = _cells(row) if "|" in row else []
    return bool(cells) and all(map(_RULE.fullmatch, cells))


def _asked(rows: Sequence[str], head: int, end: int, source: str) -> tuple[Found | Skipped, ...]:
    body = [_cells(row) for row in rows[head + 2 : end]]
    columns = _columns(_cells(rows[head]), body)
    if columns is None:
        return ()
    return tuple(
        _row(row, columns, f"{source}:{line}") for line, row in enumerate(body, start=head + 3)
    )


def _row(row: list[str], columns: tuple[int, int], source: str) -> Found | Skipped:
    asked, said = (row[at] if at < len(row) else "" for at in columns)
    title = _title(asked)
    if not title or not said:
        return Skipped(source=source, reason="a table's row has no question with an answer")
    answer = _BREAK.sub("\n", said).replace("\\|", "|")
    return Found(input=title, recorded=answer, source=source, quote=said)


def _columns(head: list[str], body: list[list[str]]) -> tuple[int, int] | None:
    """Which column asks and which answers; None in a table of something else."""
    names = [_title(name).casefold() for name in head]
    asked = next((at for at, name in enumerate(names) if name in _QUESTION), None)
    if asked is None:
        asks = bool(body) and all(row and _title(row[0]).endswith("?") for row in body)
        asked = 0 if asks else None
    if asked is None:
        return None
    said = next((at for at, name in enumerate(names) if name in _ANSWER), asked + 1)
    return (asked, said) if said < len(names) else None


def _cells(row: str) -> list[str]:
    """The cells of a row as they are written; a row that is too long has none."""
    if len(row) > _LONGEST_ROW:
        return []
    inner = row.strip().removeprefix("|")
    cells = [cell.strip() for cell in _CELL.split(inner)]
    return cells[:-1] if cells and not cells[-1] else cells


def _title(cell: str) -> str:
    """The words of a cell that may ask; empty where it has none."""
    if len(cell) > LONGEST_TITLE or not any(map(str.isalnum, cell)):
        return ""
    return plain(_BREAK.sub(" ", cell).replace("\\|", "|"))
