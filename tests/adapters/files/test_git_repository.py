"""Commits, trees, blobs and changes, as git has them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.files import git_repository
from skillopt.adapters.files.git_repository import Change, named_in_git, repository_of
from skillopt.errors import InputError
from tests.git_project import commit, git, repository, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository(
        tmp_path / "repo",
        {"skills/a/SKILL.md": "# A\n\none\ntwo\nthree\n", "skills/a/references/r.md": "r\n", "b.md": "b\n"},
    )  # fmt: skip


def test_a_repository_is_found_from_a_file_a_folder_and_a_file_that_is_gone(root: Path) -> None:
    for path in (root, root / "skills", root / "b.md", root / "gone/deep.md"):
        assert repository_of(path).root == root


def test_outside_of_a_repository_is_an_error(tmp_path: Path, root: Path) -> None:
    (tmp_path / "plain").mkdir()
    with pytest.raises(InputError, match="is in no git repository"):
        repository_of(tmp_path / "plain")
    with pytest.raises(InputError, match="is outside of the repository"):
        repository_of(root).inside(tmp_path / "plain")
    (root / "link").symlink_to(tmp_path / "plain")
    with pytest.raises(InputError, match="is outside of the repository"):
        repository_of(root).inside(root / "link")


def test_refs_are_commits(root: Path) -> None:
    head = git(root, "rev-parse", "HEAD")
    git(root, "tag", "-a", "-m", "x", "v1")
    assert {repository_of(root).commit(ref) for ref in ("main", "HEAD", "v1", head, head[:9])} == {
        head
    }


@pytest.mark.parametrize(
    "ref", ["nowhere", "--help", "-C/", "", "main:b.md", "a\0b", "main\n", "$(id)"]
)
def test_what_is_no_commit_is_an_error_and_never_an_option(root: Path, ref: str) -> None:
    with pytest.raises(InputError, match=r"no commit|cannot be run"):
        repository_of(root).commit(ref)


def test_a_hostile_branch_name_is_a_ref(root: Path) -> None:
    git(root, "update-ref", "refs/heads/--output=pwned", "HEAD")
    head = git(root, "rev-parse", "HEAD")
    assert repository_of(root).commit("--output=pwned") == head
    assert repository_of(root).base("--output=pwned") == head
    assert not (root / "pwned").exists()


def test_the_base_is_what_a_pull_request_starts_from(root: Path) -> None:
    first = git(root, "rev-parse", "HEAD")
    git(root, "checkout", "-q", "-b", "feature")
    write(root / "b.md", "mine\n")
    commit(root)
    git(root, "checkout", "-q", "main")
    write(root / "skills/a/SKILL.md", "theirs\n")
    commit(root)
    git(root, "checkout", "-q", "feature")
    found = repository_of(root)
    assert found.base("main") == first
    assert [one.path for one in found.changes(found.base("main"))] == ["b.md"]
    git(root, "checkout", "-q", "--orphan", "alone")
    assert found.base("main") == git(root, "rev-parse", "main"), "nothing is committed yet"
    commit(root)
    with pytest.raises(
        InputError, match="no commit in common: to compare all the same, name main:"
    ):
        found.base("main")


def test_a_shallow_clone_says_what_to_fetch(root: Path, tmp_path: Path) -> None:
    first = git(root, "rev-parse", "HEAD")
    write(root / "b.md", "more\n")
    commit(root)
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{root}", "shallow")
    shallow = repository_of(tmp_path / "shallow")
    assert shallow.base("origin/main") == shallow.commit("HEAD")
    with pytest.raises(InputError, match=r"shallow.*git fetch --unshallow.*fetch-depth: 0"):
        shallow.commit(first)
    with pytest.raises(InputError, match=r"no commit 'origin/other'.*shallow"):
        shallow.commit("origin/other")


def test_a_shallow_clone_without_a_common_commit_says_so(root: Path, tmp_path: Path) -> None:
    git(root, "checkout", "-q", "-b", "feature")
    write(root / "b.md", "mine\n")
    commit(root)
    git(root, "checkout", "-q", "main")
    write(root / "b.md", "theirs\n")
    commit(root)
    git(tmp_path, "clone", "-q", "--depth", "1", "--no-single-branch", f"file://{root}", "shallow")
    with pytest.raises(InputError, match=r"no commit in common: this clone is shallow"):
        repository_of(tmp_path / "shallow").base("origin/feature")


def test_a_tree_lists_every_file_of_a_folder_and_blobs_are_their_bytes(root: Path) -> None:
    found = repository_of(root)
    head = found.commit("HEAD")
    files = found.tree(head, "skills/a")
    assert files is not None
    assert [(one.path, one.mode) for one in files] == [
        ("SKILL.md", "100644"),
        ("references/r.md", "100644"),
    ]
    texts = found.blobs([one.blob for one in files], most=100)
    assert [texts[one.blob] for one in files] == [b"# A\n\none\ntwo\nthree\n", b"r\n"]
    assert len(found.tree(head, "") or ()) == 3
    assert found.tree(head, "skills/b") is None
    assert found.tree(head, "b.md") is None, "a file is no folder"
    assert found.tree(head, "skills/*") is None, "a path is no pattern"


@given(contents=st.lists(st.binary(max_size=60), min_size=1, max_size=5))
def test_blobs_of_any_bytes_come_back(
    tmp_path_factory: pytest.TempPathFactory, contents: list[bytes]
) -> None:
    root = tmp_path_factory.mktemp("blobs")
    git(root, "init", "-q", ".")
    names = [git(root, "hash-object", "-w", "--stdin", sends=data) for data in contents]
    assert repository_of(root).blobs(names, most=60) == dict(zip(names, contents, strict=True))


def test_blobs_that_are_gone_too_large_or_no_files_are_errors(root: Path) -> None:
    found = repository_of(root)
    head = found.commit("HEAD")
    big = git(root, "hash-object", "-w", "--stdin", sends=b"x" * 11)
    with pytest.raises(InputError, match="has 11 bytes; at most 10"):
        found.blobs([big], most=10)
    for name in ("0" * 40, head):
        with pytest.raises(InputError, match="git has no file"):
            found.blobs([name], most=10)


def test_changes_are_new_changed_deleted_and_untracked(root: Path) -> None:
    found = repository_of(root)
    head = found.commit("HEAD")
    assert found.changes(head) == ()
    git(root, "mv", "skills/a/SKILL.md", "skills/ü b.md")
    (root / "b.md").unlink()
    write(root / "skills/a/references/r.md", "changed\n")
    write(root / "un\ntracked", "new\n")
    write(root / ".gitignore", "ignored\n")
    write(root / "ignored", "x\n")
    had = {one.path: one.blob for one in found.tree(head, "") or ()}
    assert set(found.changes(head)) == {
        Change("deleted", "skills/a/SKILL.md", had["skills/a/SKILL.md"]),
        Change("deleted", "b.md", had["b.md"]),
        Change("changed", "skills/a/references/r.md", had["skills/a/references/r.md"]),
        *(Change("new", path) for path in ("skills/ü b.md", "un\ntracked", ".gitignore")),
    }


def test_a_submodule_is_named_as_one(root: Path, tmp_path: Path) -> None:
    inner = repository(tmp_path / "inner", {"SKILL.md": "# Inner\n"})
    head = git(root, "rev-parse", "HEAD")
    git(root, "submodule", "--quiet", "add", str(inner), "sub")
    changes = {one.path: one for one in repository_of(root).changes(head)}
    assert changes["sub"].submodule
    assert not changes[".gitmodules"].submodule
    assert repository_of(root / "sub/SKILL.md").root == root / "sub"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_line_endings_are_as_git_stores_them(tmp_path: Path, algorithm: str) -> None:
    root = tmp_path / "repo"
    root.mkdir()
    git(root, "init", "-q", f"--object-format={algorithm}", ".")
    write(root / "a.md", "one\r\ntwo\r\n")
    found = repository_of(root)
    data = (root / "a.md").read_bytes()
    assert found.as_stored(root / "a.md", data) == data, "nothing converts them"
    git(root, "config", "core.autocrlf", "true")
    assert found.as_stored(root / "a.md", data) == b"one\ntwo\n"
    write(root / ".gitattributes", "*.md -text\n")
    assert found.as_stored(root / "a.md", data) == data
    assert found.as_stored(root / "a.md", b"one\n") == b"one\n"


def test_the_origin_is_the_last_commit_that_changed_the_file(root: Path) -> None:
    first = git(root, "rev-parse", "HEAD")
    write(root / "b.md", "more\n")
    head = commit(root)
    found = repository_of(root)
    origin = found.origin(head, "skills/a/SKILL.md")
    assert (origin.commit, origin.author) == (first, "Ann <ann@example.org>")
    assert (origin.path, origin.state) == ("skills/a/SKILL.md", "committed")
    assert found.origin(head, "b.md").commit == head
    assert found.origin(first, "b.md").commit == first


def test_without_git_the_way_out_is_two_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="git is not installed; install it, or name two files"):
        repository_of(tmp_path)


def test_the_variables_of_a_hook_do_not_lead_elsewhere(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = repository(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git/index"))
    assert repository_of(root).root == root


def test_a_name_in_git_is_a_ref_and_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert named_in_git("main:a/b.md") == ("main", "a/b.md")
    assert named_in_git("HEAD:a:b.md") == ("HEAD", "a:b.md")
    for text in ("a.md", ":a.md", "main:", ""):
        assert named_in_git(text) is None
    write(tmp_path / "odd:name.md", "x")
    assert named_in_git("odd:name.md") is None, "a file of that name comes first"


def test_blob_names_are_gits(root: Path) -> None:
    data = b"some bytes"
    name = git(root, "hash-object", "--stdin", sends=data)
    assert git_repository._blob_name(data, like=name) == name
    assert (
        git_repository._blob_name(data, like="0" * 64)
        == hashlib.sha256(b"blob 10\0some bytes").hexdigest()
    )
