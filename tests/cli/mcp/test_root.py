"""The folder that tools may touch."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.cli.mcp.root import Root
from skillopt.errors import InputError


@pytest.fixture
def root(tmp_path: Path) -> Root:
    (tmp_path / "root" / "skills").mkdir(parents=True)
    (tmp_path / "root-2").mkdir()
    return Root.at(tmp_path / "root")


@pytest.mark.parametrize("given", ["a.md", "skills/a.md", "skills/../a.md", "."])
def test_paths_inside_lead_there(root: Root, given: str) -> None:
    assert root.path(given, name="skill").resolve().is_relative_to(root.folder)
    assert root.path(str(root.folder / given), name="skill").is_absolute()


@pytest.mark.parametrize("given", ["..", "../root-2/a.md", "/", "skills/../../a.md", "~/../../a"])
def test_paths_outside_are_refused(root: Root, given: str) -> None:
    with pytest.raises(InputError, match="is outside of the root"):
        root.path(given, name="skill")


def test_a_link_that_leads_out_is_refused(root: Root) -> None:
    (root.folder / "out").symlink_to(root.folder.parent / "root-2")
    (root.folder / "in").symlink_to(root.folder / "skills")
    assert root.path("in/a.md", name="skill").name == "a.md"
    with pytest.raises(InputError, match="is outside of the root"):
        root.path("out/a.md", name="skill")


@pytest.mark.parametrize("given", ["a\0b", "loop/a"])
def test_what_is_no_path_is_refused(root: Root, given: str) -> None:
    (root.folder / "loop").symlink_to(root.folder / "loop")
    with pytest.raises(InputError, match="is no path"):
        root.path(given, name="skill")


def test_what_is_found_outside_is_refused(root: Root) -> None:
    root.check(root.folder / ".skillopt" / "ledger.db", what="the ledger")
    with pytest.raises(InputError, match="the project's folder as --root"):
        root.check(root.folder.parent / "ledger.db", what="the ledger")


def test_a_root_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        Root.at(tmp_path / "none")


def test_in_the_root_a_path_stays_as_it_was_given(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root.folder)
    assert root.path("skills/a.md", name="skill") == Path("skills/a.md")
    with pytest.raises(InputError, match="is outside of the root"):
        root.path("../root-2", name="skill")
