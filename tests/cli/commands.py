"""Commands in this process, each to its end."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from skillopt.cli import main
from skillopt.cli.main import app
from tests.scripted import environment


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def on_terminal(monkeypatch: pytest.MonkeyPatch, stream: str = "stdout") -> Terminal:
    """Put a terminal in the place of a standard stream, for the rest of the test."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    monkeypatch.setattr(sys, stream, terminal)
    return terminal


def ran(*arguments: str | Path) -> Result:
    """What `skillopt` does; an error of its own is in ``exception``."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def said(*arguments: str | Path, exits: int = 0) -> str:
    """What it prints to stdout."""
    result = ran(*arguments)
    assert result.exit_code == exits, (result.output, result.exception)
    return result.stdout


def said_json(*arguments: str | Path, exits: int = 0) -> dict[str, Any]:
    """The one object that `--json` prints."""
    found: dict[str, Any] = json.loads(said(*arguments, "--json", exits=exits))
    return found


def skillopt_here(
    *arguments: str | Path, cwd: Path, env: dict[str, str] | None = None, typed: str | None = None
) -> subprocess.CompletedProcess[str]:
    """What `tests.scripted.skillopt_process` returns, without the seconds in which a process starts.

    Signals, and streams that break, need the process. ``typed`` is typed at a terminal.
    """
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
    wanted = environment(env)
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ.keys() - wanted.keys():
            patch.delenv(name)
        for name, value in wanted.items():
            patch.setenv(name, value)
        patch.chdir(cwd)
        patch.setattr(sys, "argv", ["skillopt", *map(str, arguments)])
        patch.setattr(sys, "stdin", io.StringIO() if typed is None else Terminal(typed))
        with redirect_stdout(out), redirect_stderr(err):
            code = main._code()
    assert code is None or isinstance(code, int)
    printed, told = (_content(stream) for stream in (out, err))
    return subprocess.CompletedProcess(arguments, code or 0, printed, told)


def _content(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
