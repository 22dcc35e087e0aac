"""Files that a command names, from another folder."""

from __future__ import annotations

from pathlib import Path

from skillopt.adapters.processes.placing import placed


def test_files_are_named_in_full_and_other_words_are_left(tmp_path: Path) -> None:
    (tmp_path / "check.py").touch()
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a").touch()
    words = ["python", "check.py", "--in=data/a", "data", "data/", "/etc/passwd", "a\0b", "gone.py"]
    assert placed(words, tmp_path) == [
        *("python", f"{tmp_path}/check.py", f"--in={tmp_path}/data/a", "data", f"{tmp_path}/data"),
        *("/etc/passwd", "a\0b", "gone.py"),
    ]
