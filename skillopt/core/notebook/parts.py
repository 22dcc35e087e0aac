"""The pieces of HTML in which results show themselves in a notebook.

Every text is escaped, and characters that hide or reorder others are spelled out. The styles stand
at the elements: a style sheet would reach the rest of the notebook. Colours are those around, or
lie over them thinly, so that light and dark themes work alike, whatever chose them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import islice
from typing import Literal, NewType

from skillopt.core.content.hidden_characters import visible
from skillopt.core.figures import clipped

Html = NewType("Html", str)
"""Text that is HTML already."""

Tone = Literal["good", "bad", "open", "plain"]

LONGEST_CELL = 300
"""Characters of a cell, of a title and of a fact."""
MOST_LINES = 200
"""Lines of a diff."""

_GREEN, _RED, _AMBER, _GREY = "46,160,67", "218,54,51", "210,153,34", "128,128,128"
_TONES: dict[Tone, str] = {"good": _GREEN, "bad": _RED, "open": _AMBER, "plain": _GREY}

_CARD = "border-left:4px solid rgb({});padding:.1em 0 .1em .9em;margin:.5em 0;max-width:60em"
_CELL = "padding:.15em .8em .15em 0;text-align:{};vertical-align:top"
_DIFF = "margin:.3em 0;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.9em"


def text(value: object) -> Html:
    """Any value's text, escaped."""
    return Html(escape(visible(str(value))))


def card(title: str, said: str, *parts: Html, tone: Tone = "plain") -> str:
    """A result: what it is, one or a few sentences, and its parts.

    Args:
        title: the result in a few words.
        said: sentences below it; "" for none.
        parts: what follows.
        tone: good, bad, open or plain; the title says it in words as well.
    """
    sentences = f'<p style="margin:.2em 0">{text(said)}</p>' if said else ""
    head = f"<strong>{_short(title)}</strong>"
    style = _CARD.format(_TONES[tone])
    return f'<div style="{style}">{head}{sentences}{"".join(parts)}</div>'


def facts(known: Iterable[tuple[str, object]]) -> Html:
    """Names and what they stand for, in two columns; what is None is left out."""
    rows = "".join(
        f'<tr><th scope="row" style="{_CELL.format("left")};font-weight:normal;opacity:.8">'
        f'{_short(name)}</th><td style="{_CELL.format("left")}">{_short(value)}</td></tr>'
        for name, value in known
        if value is not None
    )
    return Html(f"<table><tbody>{rows}</tbody></table>" if rows else "")


def table(
    head: Sequence[str], rows: Sequence[Sequence[object]], *, numbers: int = 0, most: int = 20
) -> Html:
    """A table; what is None is shown as "n/a".

    Args:
        head: the columns' names.
        rows: their cells.
        numbers: how many of the last columns hold numbers.
        most: rows that are shown; how many are left out is said.
    """
    if not rows:
        return Html("")
    aligned = ["left"] * (len(head) - numbers) + ["right"] * numbers
    columns = "".join(
        f'<th scope="col" style="{_CELL.format(side)}">{_short(name)}</th>'
        for name, side in zip(head, aligned, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="{_CELL.format(side)}">{"n/a" if cell is None else _short(cell)}</td>'
            for cell, side in zip(row, aligned, strict=True)
        )
        + "</tr>"
        for row in islice(rows, most)
    )
    return Html(
        f"<table><thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table>"
        + _left_out(len(rows) - most, "row")
    )


def folded(summary: str, inside: Html) -> Html:
    """What opens with a click or a key; nothing where there is nothing inside."""
    if not inside:
        return inside
    return Html(f"<details><summary>{_short(summary)}</summary>{inside}</details>")


def listed(sentences: Sequence[str], *, most: int = 10) -> Html:
    """Sentences, one a line."""
    if not sentences:
        return Html("")
    items = "".join(f"<li>{text(clipped(one, 1000))}</li>" for one in sentences[:most])
    return Html(f"<ul>{items}</ul>{_left_out(len(sentences) - most, 'sentence')}")


def diff(lines: Sequence[str], *, most: int = MOST_LINES) -> Html:
    """The lines of a unified diff; signs and colours say which were deleted and added."""
    if not lines:
        return Html("")
    named = 2 if lines[0].startswith("--- ") else 0
    files = "".join(f"<span>{_line(line)}\n</span>" for line in lines[:named])
    shown = files + "".join(map(_diff_line, lines[named:most]))
    return Html(f'<pre style="{_DIFF}">{shown}</pre>{_left_out(len(lines) - most, "line")}')


def _diff_line(line: str) -> str:
    colour = {"+": _GREEN, "-": _RED}.get(line[:1])
    if colour is None:
        return f"<span>{_line(line)}\n</span>"
    element = "ins" if line[0] == "+" else "del"
    style = f"background:rgba({colour},.18);color:inherit;text-decoration:none"
    return f'<{element} style="{style}">{_line(line)}\n</{element}>'


def _line(line: str) -> Html:
    return text(clipped(line, 2000))


def _short(value: object) -> Html:
    return text(clipped(str(value), LONGEST_CELL))


def _left_out(count: int, word: str) -> str:
    if count <= 0:
        return ""
    return f'<p style="opacity:.8">… and {count:,} more {word}{"" if count == 1 else "s"}</p>'
