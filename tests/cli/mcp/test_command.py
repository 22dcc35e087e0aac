"""The command, before it serves."""

from __future__ import annotations

from pathlib import Path

from skillopt.errors import InputError
from tests.cli.commands import ran


def test_a_root_that_is_not_there_is_refused(tmp_path: Path) -> None:
    result = ran("mcp", "--root", tmp_path / "none")
    assert isinstance(result.exception, InputError)
    assert "no such folder" in str(result.exception)
