"""Which skills a folder holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.adapters.files import skills_in_folder
from skillopt.adapters.files.skills_in_folder import skills_in
from skillopt.errors import InputError
from tests.git_project import ticket_tasks, write


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "pyproject.toml", "")
    for name in ("b", "a", ".claude/skills/c", "bare"):
        write(tmp_path / "skills" / name / "SKILL.md", f"# {name}\n")
    for name in ("a", "b", "c", "notes"):
        write(tmp_path / f"validation_sets/{name}.yaml", ticket_tasks(name, validation=2))
    write(tmp_path / "skills/notes.md", "# Notes\n")
    write(tmp_path / "skills/a/references/README.md", "# No skill\n")
    write(tmp_path / "skills/node_modules/a/SKILL.md", "# Of a tool\n")
    return tmp_path


def test_skills_have_tasks_and_those_without_are_named(root: Path) -> None:
    found = skills_in([Path("skills")])
    assert [str(path) for path in found.with_tasks] == [
        "skills/.claude/skills/c/SKILL.md",
        "skills/a/SKILL.md",
        "skills/b/SKILL.md",
        "skills/notes.md",
    ]
    assert [str(path) for path in found.without] == ["skills/bare/SKILL.md"]


def test_a_skill_that_several_paths_lead_to_is_one(root: Path) -> None:
    (root / "linked.md").symlink_to(root / "skills/a/SKILL.md")
    paths = [Path("skills/a"), Path("skills/a/SKILL.md"), root / "skills/a", Path("linked.md")]
    assert [str(path) for path in skills_in(paths).with_tasks] == ["skills/a/SKILL.md"]


def test_links_to_folders_are_not_followed(root: Path) -> None:
    (root / "skills/a/again").symlink_to(root / "skills")
    assert len(skills_in([Path("skills/a")]).with_tasks) == 1


def test_what_is_not_there_is_said(root: Path) -> None:
    with pytest.raises(InputError, match=r"no such file: nowhere.*; name a folder with skills"):
        skills_in([Path("nowhere")])


def test_a_folder_that_holds_too_much_is_refused(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(skills_in_folder, "MOST_ENTRIES", 3)
    with pytest.raises(InputError, match="skills holds more than 3 files and folders"):
        skills_in([Path("skills")])
