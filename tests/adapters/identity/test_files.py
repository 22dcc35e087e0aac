"""A command is its words and the files that they name."""

from __future__ import annotations

import os
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
        (sys.executable, "-magent"),
        (sys.executable, "-m", "package.inside.run"),
        (sys.executable, "-c", "import middle; middle.main()"),
        (sys.executable, "-c", "exec(open('agent.py').read())"),
        ("sh", "-c", "cat <agent.py; true"),
        ("sh", "-c", "python3 $AGENTS/agent.py"),
        ("env", "A=1", "agent.py"),
        ("sh", "-c", "agent.py"),
        ("sh", "link"),
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
    inside = tmp_path / "package" / "inside"
    inside.mkdir(parents=True)
    (inside / "run.py").write_text("from ..top import main\n")
    (tmp_path / "package" / "top.py").write_text("from agent import main\n")
    (tmp_path / "link").symlink_to("agent.py")
    monkeypatch.setenv("AGENTS", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
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


def test_the_init_of_a_package_above_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "agent.py").write_text("")
    init = tmp_path / "package" / "__init__.py"
    found = set()
    for body in ("A = 1\n", "A = 2\n"):
        init.write_text(body)
        found.add(identity(sys.executable, "-m", "package.agent"))
    assert len(found) == 2


@pytest.mark.parametrize("word", ["..", "a..b", "", "~nobody-there/x", "$NOT_SET", "a\0b", "(" * 9])
def test_words_that_name_nothing(
    word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    for before in ("-m", "-c", "--file"):
        assert identity("sh", before, word) == identity("sh", before, word)


def test_a_folder_with_too_many_files_has_no_identity(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skillopt.adapters.identity.files.MOST_FILES", 3)
    for number in range(4):
        (tmp_path / f"{number}.txt").write_text("")
    target = CommandTarget(["cat", str(tmp_path)])
    assert target.unidentified == f"{tmp_path} cannot be read: it holds more than 3 files"


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
