"""Commands in this process, each to its end."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from skillopt.cli.main import app


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
