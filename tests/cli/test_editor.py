"""A text in the user's editor."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from skillopt.cli.editor import edited
from skillopt.errors import InputError


def editor(folder: Path, code: str) -> str:
    script = folder / "my editor.py"
    script.write_text(f"import pathlib, sys\nfile = pathlib.Path(sys.argv[1])\n{code}\n")
    return f"{sys.executable} '{script}'"


def test_what_is_saved_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", editor(tmp_path, "file.write_text(file.name + file.read_text())"))
    assert edited("a\r\n", name="SKILL.md") == "SKILL.mda\n"
    monkeypatch.setenv("VISUAL", editor(tmp_path, ""))
    assert edited("a", name="SKILL.md") is None


def test_an_editor_that_fails_saves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", editor(tmp_path, "file.write_text('b'); sys.exit(3)"))
    with pytest.raises(InputError, match="ended with exit code 3; nothing is saved"):
        edited("a", name="SKILL.md")
    for wrong in ("/none/at-all", "'unclosed"):
        monkeypatch.setenv("VISUAL", wrong)
        with pytest.raises(InputError, match="set EDITOR"):
            edited("a", name="SKILL.md")
