"""A command for another working folder than the one it was written in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def placed(command: Sequence[str], start: Path) -> list[str]:
    """``command`` for another working folder: the files that it names are named in full."""
    return [_in_full(word, start) for word in command]


def _in_full(word: str, start: Path) -> str:
    head, equals, value = word.rpartition("=")
    path = start / value
    try:
        is_there = bool(value) and (path.is_file() or ("/" in value and path.exists()))
    except (OSError, ValueError):  # a text, and no path
        is_there = False
    return f"{head}{equals}{path}" if is_there and not value.startswith("/") else word
