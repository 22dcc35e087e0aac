"""The terminal: its width, and text wrapped to it."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable
from typing import TextIO

from skillopt.cli.output import printable, say

PIPED_WIDTH = 100
"""Columns where the output is not a terminal."""
NARROWEST = 40
"""Columns below which nothing is wrapped any tighter."""


def is_live(stream: TextIO) -> bool:
    """Whether a line on ``stream`` can be redrawn."""
    return stream.isatty() and os.environ.get("TERM", "") != "dumb"


def width() -> int:
    """Columns of the terminal that stdout writes to; 100 for a pipe or a file."""
    if not sys.stdout.isatty():
        return PIPED_WIDTH
    return max(NARROWEST, shutil.get_terminal_size((PIPED_WIDTH, 24)).columns)


def wrapped(text: str, *, indent: str = "", hanging: str | None = None) -> tuple[str, ...]:
    """``text`` in lines that fit the terminal.

    Args:
        text: one paragraph.
        indent: of the first line.
        hanging: indent of the others; by default two columns more than the first.
    """
    later = hanging if hanging is not None else " " * (len(indent) + 2)
    return tuple(
        textwrap.wrap(
            printable(text),
            width(),
            initial_indent=indent,
            subsequent_indent=later,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def say_folded(line: str, *, indent: str = "") -> None:
    """Print a line that may be long: wrapped on a terminal, whole in a pipe or a file."""
    for part in wrapped(line, indent=indent) if sys.stdout.isatty() else (indent + line,):
        say(part)


def say_wrapped(lines: Iterable[str]) -> None:
    """Print a report's lines, each wrapped under its own indent."""
    for line in lines:
        text = line.lstrip(" ")
        for part in wrapped(text, indent=line[: len(line) - len(text)]) or ("",):
            say(part)
