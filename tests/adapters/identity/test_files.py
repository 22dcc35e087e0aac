"""A command is its words and the files that they name."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from skillopt.adapters.targets import CommandTarget


def identity(*command: str) -> str:
    return CommandTarget(command).identity


@pytest.mark.parametrize(
    "words",
    [
        (sys.executable, "agent.py"),
        (sys.executable, "-m", "agent"),
        ("./agent.py",),
        ("env", "A=1", "./agent.py"),
        ("sh", "-c", "python3 agent.py --fast"),
        ("cat", "--config=agent.py"),
        ("cat", "@agent.py"),
        ("cat", "folder"),
        ("python3", "main.py"),
    ],
    ids=" ".join,
)
def test_a_changed_file_is_another_target(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "main.py").write_text("import middle\n")
    (tmp_path / "middle.py").write_text("from agent import main\n")
    files = (tmp_path / "agent.py", tmp_path / "folder" / "agent.py")
    found = []
    for body in ("print('a')\n", "print('a')\n", "print('b')\n"):
        for file in files:
            file.write_text(body)
            file.chmod(0o755)
        found.append(identity(*words))
    assert found[0] == found[1] != found[2]


def test_other_words_are_another_target_and_a_name_wins(tmp_path: Path) -> None:
    program = tmp_path / "agent"
    program.write_text("#!/bin/sh\necho a\n")
    assert identity(str(program)) != identity(str(program), "--fast")
    named = CommandTarget([str(program)], identity="agent 1")
    program.write_text("#!/bin/sh\necho b\n")
    assert CommandTarget([str(program)], name="agent 1").identity == named.identity
    assert named.renewed().identity == named.identity


def test_modules_that_import_each_other_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text("import b\n")
    (tmp_path / "b.py").write_text("import a\nimport b\n")
    assert identity("python3", "a.py") == identity("python3", "a.py")


def test_texts_that_name_no_file() -> None:
    words = ("cat", "it's", "x" * 5000, "", "a\0b")
    assert identity(*words) == identity(*words)
    assert CommandTarget(("no-such-program-here",)).unidentified is None
