"""Reading what an agent has left under a name that a check gives."""

from __future__ import annotations

import os
from pathlib import Path

from skillopt.adapters.workspace import read_file
from skillopt.adapters.workspace.reading import LARGEST_CHECKED


def test_files_in_the_workspace_are_read(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b.txt").write_text("é\n")
    (tmp_path / "link").symlink_to("a/b.txt")
    assert read_file(tmp_path, "a/b.txt").text == "é\n"
    assert read_file(tmp_path, "link").text == "é\n"
    assert not read_file(tmp_path, "a/c.txt").is_there
    assert not read_file(tmp_path, "a/b.txt/c").is_there


def test_what_cannot_be_read_is_there_and_says_why(tmp_path: Path) -> None:
    folder = tmp_path / "workspace"
    folder.mkdir()
    (tmp_path / "secret").write_text("secret")
    (folder / "out").symlink_to("../secret")
    (folder / "up").symlink_to("..")
    (folder / "nowhere").symlink_to("gone")
    (folder / "circle").symlink_to("circle")
    (folder / "latin").write_bytes(b"ab\xe9")
    (folder / "big").write_bytes(b"x" * (LARGEST_CHECKED + 1))
    os.mkfifo(folder / "pipe")
    flaws = {
        path: read_file(folder, path).flaw or ""
        for path in ("out", "up/secret", "nowhere", "circle", "latin", "big", "pipe", ".")
    }
    assert "leads out of" in flaws["out"]
    assert "leads out of" in flaws["up/secret"]
    assert "leads nowhere" in flaws["nowhere"]
    assert flaws["circle"]
    assert "not UTF-8 at byte 2" in flaws["latin"]
    assert "larger than 5,000,000 bytes" in flaws["big"]
    assert "no regular file" in flaws["pipe"]
    assert flaws["."]
