"""What git knows of a file."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from skillopt.adapters.files.git import file_origin
from skillopt.adapters.files.git_repository import repository_of
from skillopt.adapters.files.skill_in_git import stored_skill


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Ada L", "-c", "user.email=ada@example.org")
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    (tmp_path / "skills").mkdir()
    (tmp_path / "skills" / "a skill.md").write_text("# A\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one", "--date", "2026-01-02T03:04:05+00:00")
    return tmp_path


def test_a_committed_file_has_commit_author_and_date(repository: Path) -> None:
    found = file_origin(repository / "skills" / "a skill.md", project=repository)
    assert found.path == "skills/a skill.md"
    assert found.commit == git(repository, "rev-parse", "HEAD").strip()
    assert found.author == "Ada L <ada@example.org>"
    assert (found.committed or "").startswith("2026-01-02T03:04:05")
    assert found.state == "committed"


def test_a_changed_file_says_so_and_keeps_its_last_commit(repository: Path) -> None:
    before = file_origin(repository / "skills" / "a skill.md", project=repository)
    (repository / "skills" / "a skill.md").write_text("# A\n\nMore.\n")
    after = file_origin(repository / "skills" / "a skill.md", project=repository)
    assert after == before.model_copy(update={"state": "modified"})


@pytest.mark.parametrize("ignored", [True, False])
def test_an_untracked_file_has_no_commit(repository: Path, *, ignored: bool) -> None:
    (repository / ".gitignore").write_text("new.md\n" if ignored else "")
    (repository / "new.md").write_text("# New\n")
    found = file_origin(repository / "new.md", project=repository)
    assert (found.state, found.commit, found.author) == ("untracked", None, None)


def test_a_repository_without_a_commit_is_no_error(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "new.md").write_text("# New\n")
    git(tmp_path, "add", ".")
    found = file_origin(tmp_path / "new.md", project=tmp_path)
    assert (found.state, found.commit) == ("modified", None)


def test_outside_a_repository_and_without_git_there_is_only_the_path(
    repository: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "old.md"
    elsewhere.write_text("# Old\n")
    found = file_origin(elsewhere, project=repository)
    assert (found.path, found.state, found.commit) == (str(elsewhere.resolve()), None, None)
    monkeypatch.setenv("PATH", str(elsewhere.parent))
    alone = file_origin(repository / "skills" / "a skill.md", project=repository)
    assert (alone.state, alone.commit) == (None, None)


def test_a_git_that_hangs_or_fails_is_given_up(
    repository: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skillopt.adapters.files.git.PATIENCE", 0.2)
    folder = tmp_path_factory.mktemp("bin")
    for script in ("exec /bin/sleep 60", "exit 3"):
        (folder / "git").write_text(f"#!/bin/sh\n{script}\n")
        (folder / "git").chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))
        found = file_origin(repository / "skills" / "a skill.md", project=repository)
        assert (found.state, found.commit) == (None, None)


def test_in_a_git_hook_the_file_is_found_as_elsewhere(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = file_origin(repository / "skills" / "a skill.md", project=repository)
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    assert file_origin(repository / "skills" / "a skill.md", project=repository) == before


@pytest.fixture
def folder(repository: Path) -> Path:
    home = repository / "skills" / "desks"
    (home / "references").mkdir(parents=True)
    (home / "evals").mkdir()
    for path in ("SKILL.md", "references/a.md", "references/b.md", "evals/evals.json"):
        (home / path).write_text("# A\n")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "two")
    return home


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (lambda home: (home / "references/a.md").write_text("# B\n"), "modified"),
        (lambda home: (home / "references/new.md").write_text("# B\n"), "modified"),
        (lambda home: (home / "references/a.md").unlink(), "modified"),
        (lambda home: (home / "references/a.md").rename(home / "references/c.md"), "modified"),
        (lambda home: (home / "evals/evals.json").write_text("{}"), "committed"),
        (lambda home: (home / "run.log").write_text("x"), "committed"),
    ],
)
def test_a_folder_is_all_of_its_files(
    folder: Path, change: Callable[[Path], object], state: str
) -> None:
    before = file_origin(folder / "SKILL.md", project=folder.parents[1])
    assert (before.path, before.state) == ("skills/desks/SKILL.md", "committed")
    change(folder)
    after = file_origin(folder / "SKILL.md", project=folder.parents[1])
    assert after == before.model_copy(update={"state": state})


def test_the_last_commit_is_that_of_any_of_them(folder: Path) -> None:
    (folder / "references/a.md").unlink()
    git(folder, "commit", "-qam", "three")
    third = git(folder, "rev-parse", "HEAD").strip()
    (folder / "evals/evals.json").write_text("{}")
    git(folder, "commit", "-qam", "four")
    found = file_origin(folder / "SKILL.md", project=folder)
    assert (found.commit, found.state) == (third, "committed")
    repository = repository_of(folder)
    stored = stored_skill(repository, repository.commit("HEAD"), "skills/desks")
    assert stored is not None
    assert stored.origin.commit == third
