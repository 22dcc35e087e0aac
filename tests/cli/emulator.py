"""A terminal emulator to run a command in, as a person would see it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import NamedTuple

import pyte
from wcwidth import wcswidth

LINES = 40
LIMIT_S = 240
"""A command that hangs is killed after that."""
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\x1b[()][A-Z0-9]|\x1b[=>]")
_COLOURS = re.compile(r"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")
_COMMAND = re.compile(r"(?:next:|) *(?:skillopt|diff) ")


class Session(NamedTuple):
    """What a command wrote to its terminal, and what was to be read there at the end."""

    code: int
    raw: str
    text: tuple[str, ...]
    """All lines, those that scrolled away included, without trailing blanks."""
    cursor_hidden: bool

    @property
    def widest(self) -> int:
        """Columns of the widest line that was written, whether or not it was erased later.

        Commands to copy do not count, and neither does a path on a line of its own: they are never
        broken.
        """
        lines = re.split(r"[\r\n]+", _ESCAPES.sub("", self.raw))
        whole = (line for line in lines if _COMMAND.match(line) or " " not in line.strip())
        kept = set(lines) - set(whole)
        return max(wcswidth(line) for line in kept)

    @property
    def coloured(self) -> bool:
        """Whether any colour was used."""
        return _COLOURS.search(self.raw) is not None


def in_terminal(*arguments: str | Path, cwd: Path, columns: int, **variables: str) -> Session:
    """Run `skillopt` in a terminal of that many columns to its end."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, columns, 0, 0))
    kept = {name: value for name, value in os.environ.items() if _is_neutral(name)}
    with subprocess.Popen(
        [sys.executable, "-m", "skillopt", *map(str, arguments)],
        cwd=cwd,
        env={**kept, "TERM": "xterm-256color", **variables},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        data = _read(ours)
        code = process.wait(LIMIT_S)
    os.close(ours)
    screen = pyte.HistoryScreen(columns, LINES, history=20_000)
    pyte.ByteStream(screen).feed(data)
    gone = [_line(row, columns) for row in screen.history.top]
    text = tuple(line.rstrip() for line in (*gone, *screen.display))
    return Session(code, data.decode("utf-8", "replace"), text, screen.cursor.hidden)


def _is_neutral(name: str) -> bool:
    return name not in {"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CI", "TERM"}


def _read(terminal: int) -> bytes:
    found: list[bytes] = []
    with contextlib.suppress(OSError):  # Linux reports the end of the other side as an error
        while part := os.read(terminal, 65536):
            found.append(part)
    return b"".join(found)


def _line(row: dict[int, pyte.screens.Char], columns: int) -> str:
    return "".join(row[column].data for column in range(columns))
