"""A skill as a commit has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.adapters.files.git_repository import repository_of
from skillopt.adapters.files.skill_file import read_skill
from skillopt.adapters.files.skill_in_git import StoredSkill, stored_skill
from skillopt.errors import InputError, SkillError
from tests.git_project import commit, git, repository, write


def stored(root: Path, path: str, ref: str = "HEAD") -> StoredSkill | None:
    found = repository_of(root)
    return stored_skill(found, found.commit(ref), path)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {"skills/a/SKILL.md": "# A\n", "skills/a/references/r.md": "r\n", "b.md": "b\n"}
    return repository(tmp_path / "repo", files)


@pytest.mark.parametrize("path", ["skills/a", "skills/a/SKILL.md"])
def test_a_folder_and_its_file_are_one_skill_with_all_its_files(root: Path, path: str) -> None:
    write(root / "skills/a/SKILL.md", "changed\n")
    found = stored(root, path)
    assert found is not None
    assert found.skill.text == "# A\n"
    assert found.origin.path == "skills/a/SKILL.md"
    assert [one.path for one in found.files] == ["SKILL.md", "references/r.md"]


def test_a_commit_gives_the_skill_that_its_working_tree_gives(root: Path) -> None:
    folder = root / "skills/a"
    for path, data in {
        "scripts/run.sh": b"#!/bin/sh\n",
        "assets/p.png": b"\x89PNG\0\xff",
        "a.yaml": b"tasks: []\n",
        "evals/evals.json": b"[]",
        "tasks/kept.md": "ä\n".encode(),
    }.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(data)
    (folder / "scripts/run.sh").chmod(0o755)
    (folder / "CLAUDE.md").symlink_to("SKILL.md")
    (folder / "terms.md").symlink_to("references/r.md")
    commit(root)
    found = stored(root, "skills/a")
    assert found is not None
    assert found.skill == read_skill(folder)
    assert found.skill.paths[1:] == (
        "assets/p.png", "references/r.md", "scripts/run.sh", "tasks/kept.md", "terms.md",
    )  # fmt: skip


def test_a_link_out_of_the_folder_is_refused(root: Path) -> None:
    (root / "skills/a/b.md").symlink_to("../../b.md")
    commit(root)
    with pytest.raises(SkillError, match="leads to no file in the skill's folder"):
        stored(root, "skills/a")


def test_a_lone_file_is_a_skill_alone(root: Path) -> None:
    found = stored(root, "b.md")
    assert found is not None
    assert [one.path for one in found.files] == ["b.md"]


def test_what_is_not_there_is_none(root: Path) -> None:
    for path in ("c.md", "skills/b", "skills/a/references", "skills", "skills/a/SKILL.md/x"):
        assert stored(root, path) is None


def test_a_skill_at_the_root_is_found(root: Path) -> None:
    write(root / "SKILL.md", "# Root\n")
    commit(root)
    for path in ("", "SKILL.md"):
        found = stored(root, path)
        assert found is not None
        assert found.skill.text == "# Root\n"


def test_a_name_in_other_case_is_the_last_resort(root: Path) -> None:
    write(root / "skills/a/skill.md", "# small\n")
    commit(root)
    found = stored(root, "skills/a")
    assert found is not None
    assert found.skill.text == "# A\n"
    git(root, "rm", "-q", "skills/a/SKILL.md")
    commit(root)
    found = stored(root, "skills/a")
    assert found is not None
    assert found.skill.text == "# small\n"


def test_line_endings_are_those_in_git(tmp_path: Path) -> None:
    root = repository(tmp_path / "repo")
    git(root, "config", "core.autocrlf", "true")
    write(root / "a.md", "one\r\ntwo\r\n")
    commit(root)
    found = stored(root, "a.md")
    assert found is not None
    assert found.skill.text == "one\ntwo\n"


def test_links_submodules_and_texts_that_are_no_skill_are_errors(
    root: Path, tmp_path: Path
) -> None:
    (root / "link.md").symlink_to("b.md")
    (root / "bad.md").write_bytes(b"\xff\xfe")
    (root / "big.md").write_bytes(b"x" * 4_000_004)
    inner = repository(tmp_path / "inner", {"SKILL.md": "# Inner\n"})
    git(root, "submodule", "--quiet", "add", str(inner), "sub")
    commit(root)
    with pytest.raises(SkillError, match=r"link\.md is a symbolic link in"):
        stored(root, "link.md")
    with pytest.raises(SkillError, match=r"bad.md: byte 0 is not UTF-8"):
        stored(root, "bad.md")
    with pytest.raises(InputError, match=r"4,000,004 bytes; at most 4,000,003"):
        stored(root, "big.md")
    with pytest.raises(SkillError, match="sub is a submodule in"):
        stored(root, "sub")
    assert stored(root, "sub/SKILL.md") is None
