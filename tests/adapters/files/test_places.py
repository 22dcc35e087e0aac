"""A skill's tasks, settings and ledger are in one place, however the skill was named."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from skillopt.adapters.files.places import main_worktree, place_of, project_for, task_name
from skillopt.adapters.files.validation_file import find_validation_set
from skillopt.errors import SkillError, ValidationSetError


def made(folder: Path, *files: str) -> Path:
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text("# Text\n")
    return folder


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A project with one skill and its tasks."""
    return made(
        tmp_path / "repo", "skills/sort/SKILL.md", "validation_sets/sort.yaml", "skillopt.toml"
    )


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another folder, in which the command runs."""
    folder = tmp_path / "home"
    (folder / ".claude" / "skills").mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize(
    ("link", "to", "named"),
    [
        ("skills/sort", "skills/sort", "skills/sort"),
        ("skills/sort", "skills/sort", "skills/sort/SKILL.md"),
        ("skills/words", "skills/sort", "skills/words"),
        ("all", "skills", "all/sort"),
        ("mine", ".", "mine/skills/sort"),
        ("SKILL.md", "skills/sort/SKILL.md", "SKILL.md"),
        ("words.md", "skills/sort/SKILL.md", "words.md"),
    ],
)
def test_a_link_is_followed_for_all_three(
    repo: Path, home: Path, link: str, to: str, named: str
) -> None:
    made(home, ".git/HEAD")
    (home / link).parent.mkdir(exist_ok=True)
    (home / link).symlink_to(repo / to)
    place = place_of(Path(named))
    assert (place.file, place.project) == (repo / "skills/sort/SKILL.md", repo)
    assert place.link == home / named / ("" if named.endswith(".md") else "SKILL.md")
    assert not place.linked
    assert find_validation_set(Path(named)) == repo / "validation_sets" / "sort.yaml"
    assert project_for(Path(named)) == repo


def test_a_link_to_a_link_leads_to_the_end(repo: Path, home: Path) -> None:
    (home / "one").symlink_to(repo / "skills" / "sort")
    (home / "two").symlink_to("one")
    assert place_of(Path("two")).project == repo


def test_with_tasks_on_both_ends_those_of_the_file_count(repo: Path, home: Path) -> None:
    made(home, "validation_sets/sort.yaml", "skillopt.toml")
    (home / "sort").symlink_to(repo / "skills" / "sort")
    assert find_validation_set(Path("sort")) == repo / "validation_sets" / "sort.yaml"
    assert project_for(Path("sort")) == repo


def test_with_tasks_at_the_link_only_all_three_are_there(tmp_path: Path, home: Path) -> None:
    store = made(tmp_path / "store", "abc/sort/SKILL.md", ".git/HEAD")
    made(home, "validation_sets/sort.yaml", "skillopt.toml")
    (home / "sort").symlink_to(store / "abc" / "sort")
    place = place_of(Path("sort"))
    assert place.linked
    assert (place.project, place.mark) == (home, "skillopt.toml")
    assert place.validation_sets == (home / "validation_sets" / "sort.yaml",)


def test_without_tasks_the_message_names_both_ends(repo: Path, home: Path) -> None:
    (repo / "validation_sets" / "sort.yaml").unlink()
    (home / "sort").symlink_to(repo / "skills" / "sort")
    with pytest.raises(ValidationSetError) as caught:
        find_validation_set(Path("sort"))
    assert f"found for sort, a link to {repo}/skills/sort/SKILL.md; write {repo}/" in str(
        caught.value
    )


def test_a_project_outside_of_a_repository_is_searched_from_anywhere(
    repo: Path, home: Path
) -> None:
    del home
    assert find_validation_set(repo / "skills/sort") == repo / "validation_sets/sort.yaml"


def test_a_broken_link_is_no_skill(home: Path) -> None:
    (home / "sort.md").symlink_to(home / "gone.md")
    with pytest.raises(SkillError, match="broken link"):
        place_of(Path("sort.md"))
    (home / "loop.md").symlink_to(home / "loop.md")
    with pytest.raises(SkillError, match=r"loop\.md"):
        place_of(Path("loop.md"))


@pytest.mark.parametrize("where", ["tree", "repo/.worktrees/tree"])
def test_a_git_worktree_is_a_project_of_its_own(tmp_path: Path, home: Path, where: str) -> None:
    del home
    repo = made(tmp_path / "repo", "skills/sort/SKILL.md", "validation_sets/sort.yaml")
    who = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"]
    for words in (
        ["init", "-q"],
        ["add", "skills", "validation_sets"],
        [*who, "commit", "-qm", "first"],
        ["worktree", "add", "-q", str(tmp_path / where)],
    ):
        subprocess.run(["git", *words], cwd=repo, check=True, capture_output=True)
    tree = tmp_path / where
    place = place_of(tree / "skills" / "sort")
    assert (place.project, place.mark) == (tree, ".git")
    assert place.validation_sets == (tree / "validation_sets" / "sort.yaml",)
    assert main_worktree(tree) == repo
    assert main_worktree(repo) is None


def test_a_submodule_is_no_worktree(tmp_path: Path) -> None:
    made(tmp_path, "sub/SKILL.md")
    (tmp_path / "sub" / ".git").write_text("gitdir: ../.git/modules/sub\n")
    assert main_worktree(tmp_path / "sub") is None
    (tmp_path / "sub" / ".git").write_bytes(b"\xff")
    assert main_worktree(tmp_path / "sub") is None


def test_tasks_are_named_after_the_folder_or_the_file() -> None:
    assert task_name(Path("a/sort/SKILL.md")) == "sort"
    assert task_name(Path("a/sort/skill.md")) == "sort"
    assert task_name(Path("a/words.md")) == "words"
