"""The old version of a skill, from git."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.adapters.files.git_repository import repository_of
from skillopt.app.base_version import against_base, as_stored, named_version, read_version
from skillopt.errors import InputError, SkillError
from tests.git_project import commit, git, repository, write

TEXT = "# A\n\none\ntwo\nthree\nfour\nfive\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = repository(tmp_path / "repo", {"skills/a/SKILL.md": TEXT})
    monkeypatch.chdir(made)
    return made


@pytest.mark.parametrize("named", ["skills/a", "skills/a/SKILL.md"])
def test_the_two_versions(root: Path, named: str) -> None:
    write(root / "skills/a/SKILL.md", TEXT + "six\n")
    found = against_base(Path(named), "main")
    assert (found.old.skill.text, found.new.text) == (TEXT, TEXT + "six\n")


def test_the_base_is_where_the_branches_part(root: Path) -> None:
    git(root, "checkout", "-q", "-b", "feature")
    write(root / "skills/a/SKILL.md", TEXT + "mine\n")
    commit(root)
    git(root, "checkout", "-q", "main")
    write(root / "skills/a/SKILL.md", TEXT + "theirs\n")
    commit(root)
    git(root, "checkout", "-q", "feature")
    assert against_base(Path("skills/a"), "main").old.skill.text == TEXT
    theirs = named_version("main:skills/a")
    assert theirs is not None
    assert theirs.skill.text == TEXT + "theirs\n", "REF:PATH is the ref's own version"


def test_a_renamed_skill_is_found_under_its_old_name(root: Path) -> None:
    git(root, "mv", "skills/a", "skills/b")
    write(root / "skills/b/SKILL.md", TEXT + "six\n")
    git(root, "add", "-A")
    assert against_base(Path("skills/b"), "main").old.skill.text == TEXT


def test_a_new_and_a_deleted_skill_are_errors(root: Path) -> None:
    write(root / "skills/b/SKILL.md", "nothing like the other\n")
    with pytest.raises(InputError, match=r"skills/b is new: 'main' \(\w+\) has no skills/b/SKILL"):
        against_base(Path("skills/b"), "main")
    (root / "skills/a/SKILL.md").unlink()
    with pytest.raises(SkillError, match=r"no SKILL\.md in skills/a"):
        against_base(Path("skills/a"), "main")


def test_line_endings_of_the_working_tree_make_no_difference(root: Path) -> None:
    git(root, "config", "core.autocrlf", "true")
    write(root / "skills/a/SKILL.md", (TEXT + "six\n").replace("\n", "\r\n"))
    found = against_base(Path("skills/a"), "main")
    assert found.new.text == TEXT + "six\n"


def test_a_skill_of_the_working_tree_that_is_none_is_an_error(root: Path) -> None:
    (root / "bad.md").write_bytes(b"\xff")
    with pytest.raises(SkillError, match=r"bad.md: byte 0 is not UTF-8"):
        as_stored(repository_of(root), root / "bad.md")
    with pytest.raises(SkillError, match=r"no such file: .*gone\.md"):
        as_stored(repository_of(root), root / "gone.md")


def test_a_path_after_the_colon_counts_from_the_root_or_from_here(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root / "skills")
    for name in (
        "main:skills/a",
        "HEAD:./a/SKILL.md",
        "main:skills/../skills/a",
        "main:../skills/a",
    ):
        found = named_version(name)
        assert found is not None
        assert found.skill.text == TEXT


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("main:../../etc/passwd", "is outside of the repository"),
        ("main:/etc/passwd", "is outside of the repository"),
        ("main:a/../../b", "is outside of the repository"),
        ("main:skills/b", r"'main' \(\w+\) has no skill skills/b"),
        ("nowhere:skills/a", "no commit 'nowhere'"),
        ("--help:skills/a", "no commit '--help'"),
    ],
)
def test_names_that_lead_nowhere_are_errors(root: Path, name: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_version(name)


def test_a_file_is_a_path(root: Path) -> None:
    assert read_version("skills/a") == Path("skills/a")
    write(root / "main:x.md", "x")
    assert read_version("main:x.md") == Path("main:x.md")


def test_in_a_submodule_the_ref_is_the_submodules(root: Path, tmp_path: Path) -> None:
    inner = repository(tmp_path / "inner", {"SKILL.md": TEXT})
    git(root, "submodule", "--quiet", "add", str(inner), "sub")
    write(root / "sub/SKILL.md", TEXT + "six\n")
    assert against_base(Path("sub"), "main").old.skill.text == TEXT
