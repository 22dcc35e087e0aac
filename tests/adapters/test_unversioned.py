"""Folders that git ignores."""

from __future__ import annotations

import subprocess
from pathlib import Path

from skillopt.adapters.unversioned import create_unversioned


def test_git_has_no_news_of_it_and_what_was_there_stays_as_it_is(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    create_unversioned(tmp_path / "a" / "kept")
    (tmp_path / "a" / "kept" / "file").write_text("x")
    asked = ["git", "-C", str(tmp_path), "status", "--porcelain", "--untracked-files=all"]
    assert subprocess.run(asked, check=True, capture_output=True).stdout == b""
    (tmp_path / "own").mkdir()
    create_unversioned(tmp_path / "own")
    assert list((tmp_path / "own").iterdir()) == []
