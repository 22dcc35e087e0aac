"""What an agent has changed: regular files, by content, within bounds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skillopt.adapters.workspace import changes, snapshot
from skillopt.adapters.workspace.changes import LARGEST_TEXT, MOST_PRODUCED

NONE: frozenset[str] = frozenset()
CONTENT = st.dictionaries(st.sampled_from(["a", "b.txt", "d/a", "d/e/f"]), st.binary(max_size=3))


def written(folder: Path, files: dict[str, bytes]) -> None:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=CONTENT, after=CONTENT)
def test_new_and_other_content_is_produced(
    tmp_path_factory: pytest.TempPathFactory, before: dict[str, bytes], after: dict[str, bytes]
) -> None:
    folder = tmp_path_factory.mktemp("workspace")
    written(folder, before)
    start = snapshot(folder)
    written(folder, after)
    found = changes(folder, start, apart_from=NONE)
    assert [file.path for file in found] == sorted(
        path for path, data in after.items() if before.get(path) != data
    )
    assert all(file.size == len(after[file.path]) for file in found)


def test_what_is_no_work_of_the_agents_is_left_out(tmp_path: Path) -> None:
    written(
        tmp_path,
        {
            ".git/HEAD": b"x",
            "sub/.git/HEAD": b"x",
            "node_modules/a/b.js": b"x",
            ".claude/skills/s/SKILL.md": b"x",
            ".claude/notes.md": b"kept",
            "answer.md": b"x",
        },
    )
    found = changes(tmp_path, {}, apart_from=frozenset({".claude/skills", "answer.md"}))
    assert [file.path for file in found] == [".claude/notes.md"]


def test_links_pipes_and_odd_names_are_no_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    folder = tmp_path / "workspace"
    folder.mkdir()
    (folder / "link").symlink_to(secret)
    (folder / "folder").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe")
    Path(os.fsdecode(bytes(folder) + b"/\xff")).write_text("odd")
    (folder / "file").write_text("real")
    assert [file.path for file in changes(folder, {}, apart_from=NONE)] == ["file"]


def test_only_short_text_is_kept_as_text(tmp_path: Path) -> None:
    written(
        tmp_path,
        {
            "big": b"x" * (LARGEST_TEXT + 1),
            "binary": b"\0a",
            "latin": b"\xe9",
            "text": "é".encode(),
        },
    )
    found = {file.path: file.text for file in changes(tmp_path, {}, apart_from=NONE)}
    assert found == {"big": None, "binary": None, "latin": None, "text": "é"}


def test_no_more_files_are_kept_than_fit(tmp_path: Path) -> None:
    written(tmp_path, {f"{number:04}": b"" for number in range(MOST_PRODUCED + 5)})
    assert len(changes(tmp_path, {}, apart_from=NONE)) == MOST_PRODUCED
