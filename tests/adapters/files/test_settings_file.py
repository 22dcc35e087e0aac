"""Which project a skill belongs to, and so where its ledger is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.adapters.files.settings_file import project_of


@pytest.mark.parametrize("mark", [".git", ".skillopt", "pyproject.toml", "skillopt.toml"])
def test_the_nearest_marked_folder_is_the_project(tmp_path: Path, mark: str) -> None:
    skill = tmp_path / "project" / "skills" / "sort"
    skill.mkdir(parents=True)
    (tmp_path / "project" / mark).mkdir()
    assert project_of(skill) == tmp_path / "project"
    assert project_of(skill / "SKILL.md") == tmp_path / "project"


def test_without_a_mark_it_is_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    skill, here = tmp_path / "published" / "sort", tmp_path / "work"
    skill.mkdir(parents=True)
    here.mkdir()
    monkeypatch.chdir(here)
    assert project_of(skill / "SKILL.md") == here


def test_a_ledger_in_the_skills_folder_is_still_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sort" / ".skillopt").mkdir(parents=True)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    assert project_of(tmp_path / "sort" / "SKILL.md") == tmp_path / "sort"
