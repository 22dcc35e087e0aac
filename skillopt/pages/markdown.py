"""Markdown that shows foreign text and does nothing else, as GitHub reads it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from skillopt.core.content.hidden_characters import visible

_SPECIAL = re.compile(
    r"""[\\`*_~\[\]<>#|$]          # markup, HTML, headings, rows, mathematics
    |&(?=[#\w])                   # entities
    |:(?=//)|(?<=mailto):|(?<=xmpp):|(?<=www)\.    # addresses that GitHub links by itself
    |^[-+=](?=\s|$|[-=])          # lists, rules and headings, at the beginning""",
    re.IGNORECASE | re.VERBOSE,
)
"""The punctuation with a meaning: a backslash before it takes that away."""
_REFERENCES = re.compile(r"(?<=@)(?=\S)|(?<=#)(?=\d)|(?<=\bGH-)(?=\d)", re.IGNORECASE)
"""Where a name would be notified, or an issue linked: that is looked for in the finished text."""
_NUMBERED = re.compile(r"^(\d{1,9})(?=[.)])")
"""The beginning of an item of a list."""
_PLAIN = re.compile(r"[\w./ -]*\w", re.ASCII)
_TICKS = re.compile(r"`+")


def inert(text: str) -> str:
    """``text`` in one line of Markdown: no markup, link, mention, reference, row or heading."""
    line = " ".join(visible(text).split())
    marked = _NUMBERED.sub(r"\1\\", _SPECIAL.sub(r"\\\g<0>", line))
    return _REFERENCES.sub("<!-- -->", marked)


def code(text: str) -> str:
    """``text`` as a span of code, for ids; in a table, too."""
    return f"`{text}`" if _PLAIN.fullmatch(text) else f"<code>{inert(text)}</code>"


def fenced(text: str, *, language: str = "") -> str:
    """``text`` as a block of code that it cannot end."""
    shown = visible(text)
    ticks = "`" * max(3, max((len(run) for run in _TICKS.findall(shown)), default=0) + 1)
    return f"{ticks}{language}\n{shown}\n{ticks}"


def table(
    head: tuple[str, ...], rows: Sequence[tuple[str, ...]], *, right: tuple[int, ...] = ()
) -> str:
    """A table; its cells are Markdown already."""
    rule = ("--:" if place in right else "---" for place in range(len(head)))
    lines = [head, tuple(rule), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def folded(summary: str, inside: str) -> str:
    """A fold; its summary is Markdown of one line without markup."""
    return f"<details><summary>{summary}</summary>\n\n{inside}\n\n</details>"
