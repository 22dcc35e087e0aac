"""The terminal: its width, and text wrapped to it."""

from __future__ import annotations

import contextlib
import os
import shutil
import textwrap
import unicodedata
from typing import TextIO

from skillopt.cli.results import results

PIPED_WIDTH = 100
"""Columns where the output is not a terminal."""
NARROWEST = 40
"""Columns below which nothing is wrapped any tighter."""


def is_live(stream: TextIO) -> bool:
    """Whether a line on ``stream`` can be redrawn."""
    return stream.isatty() and os.environ.get("TERM", "") != "dumb"


def width(stream: TextIO | None = None) -> int:
    """Columns of the terminal that ``stream`` (stdout) writes to; 100 for a pipe or a file."""
    stream = stream or results()
    if not stream.isatty():
        return PIPED_WIDTH
    columns = shutil.get_terminal_size((PIPED_WIDTH, 24)).columns
    if "COLUMNS" not in os.environ:
        with contextlib.suppress(OSError, ValueError):  # a stream of its own kind has no size
            columns = os.get_terminal_size(stream.fileno()).columns
    return max(NARROWEST, columns)


def wrapped(
    text: str, *, indent: str = "", hanging: str | None = None, columns: int | None = None
) -> tuple[str, ...]:
    """``text`` in lines that fit the terminal.

    Args:
        text: one paragraph.
        indent: of the first line.
        hanging: indent of the others; by default two columns more than the first.
        columns: that fit; by default those of the terminal that stdout writes to.
    """
    later = hanging if hanging is not None else " " * (len(indent) + 2)
    return tuple(
        textwrap.wrap(
            printable(text),
            columns or width(),
            initial_indent=indent,
            subsequent_indent=later,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def folded(line: str, stream: TextIO) -> tuple[str, ...]:
    """A line as ``stream`` shows it: wrapped under its own indent on a terminal, else whole."""
    if not stream.isatty() or len(line) <= NARROWEST:
        return (printable(line),)
    text = line.lstrip(" ")
    return wrapped(text, indent=line[: len(line) - len(text)], columns=width(stream)) or ("",)


def printable(text: str) -> str:
    """``text`` with control characters escaped, so that no reply can control the terminal."""
    return "".join(char if harmless(char) else f"\\x{ord(char):02x}" for char in text)


def harmless(char: str) -> bool:
    """Whether a character does no more than stand there."""
    return char.isprintable() or char in "\n\t" or unicodedata.category(char) == "Zs"
