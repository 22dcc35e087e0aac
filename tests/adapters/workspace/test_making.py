"""Workspaces are made fresh, and gone or kept afterwards."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import pytest

from skillopt.adapters.workspace import Workspaces, made_repository, written_files
from skillopt.core.evaluation.task_file import TaskFile
from skillopt.errors import SettingsError


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return tmp_path / "temporary"


def test_a_workspace_does_not_say_what_it_is_for(temporary: Path) -> None:
    workspaces = Workspaces()
    one, other = workspaces.new("is-it-billing"), workspaces.new("is-it-billing")
    assert one != other
    assert "billing" not in str(one)
    for workspace in (one, other):
        workspaces.done(workspace)
    assert list(temporary.iterdir()) == []


def test_write_protected_folders_go_too(temporary: Path) -> None:
    workspaces = Workspaces()
    workspace = workspaces.new("t")
    (workspace / "deep/er").mkdir(parents=True)
    (workspace / "deep/er/file").write_text("x")
    (workspace / "deep/er").chmod(0o500)
    (workspace / "deep").chmod(0o500)
    workspaces.done(workspace)
    assert list(temporary.iterdir()) == []


def test_kept_workspaces_are_named_after_their_rollouts(tmp_path: Path, temporary: Path) -> None:
    workspaces = Workspaces(tmp_path / "a/kept")
    for name in ("t1-0", "t1-0", "../../odd name/é", "." * 300):
        workspace = workspaces.new(name)
        (workspace / "file").write_text(name)
        workspaces.done(workspace)
    kept = sorted(path.relative_to(tmp_path).parts[2] for path in tmp_path.glob("a/kept/*"))
    assert [name.rpartition("-")[0] for name in kept if name.startswith("t1")] == ["t1-0", "t1-0"]
    assert len(kept) - 1 == len(list(tmp_path.glob("a/kept/*/workspace/file"))) == 4
    assert list(temporary.iterdir()) == []


def test_what_is_kept_is_no_news_to_git(tmp_path: Path) -> None:
    workspaces = Workspaces(tmp_path / "kept")
    workspace = workspaces.new("t")
    (workspace / "SKILL.md").write_text("x")
    workspaces.done(workspace)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    told = ["git", "-C", str(tmp_path), "status", "--porcelain", "kept"]
    assert subprocess.run(told, check=True, capture_output=True).stdout == b""
    (tmp_path / "own").mkdir()
    Workspaces(tmp_path / "own")
    assert list((tmp_path / "own").iterdir()) == [], "a folder of the user's stays as it is"


def test_a_place_that_cannot_be_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="name another one with --keep-workspaces"):
        Workspaces(tmp_path / "file")


def test_a_repository_has_one_commit_that_is_always_the_same(tmp_path: Path) -> None:
    heads = set()
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        files = (
            TaskFile(path="src/run.sh", data=b"#!/bin/sh\n", executable=True),
            TaskFile(path=".gitignore", data=b"*.log\n"),
            TaskFile(path="a.log", data=b"kept all the same"),
        )
        written_files(folder, files)
        made_repository(folder)
        words = ["git", "log", "--format=%H %an %s", "--name-only"]
        said = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True)
        heads.add(said.stdout)
        status = subprocess.run(
            ["git", "status", "--short"], cwd=folder, capture_output=True, text=True, check=True
        )
        assert status.stdout == ""
    (head,) = heads
    assert head.splitlines()[0].endswith(" skillopt Start")
    assert head.splitlines()[2:] == [".gitignore", "a.log", "src/run.sh"]


def test_without_git_the_task_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SettingsError, match="install git, or take it out"):
        made_repository(tmp_path)
