"""Names of files: what they may be, and what they say."""

from __future__ import annotations

import pytest

from skillopt.core.skill.file_names import (
    collision_with,
    flaw_of_name,
    is_markdown,
    is_reference,
    may_be_edited,
)


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("references/terms.md", True),
        ("a.MARKDOWN", True),
        ("notes.txt", True),
        ("deep/er/x.rst", True),
        ("scripts/run.py", False),
        ("data.json", False),
        ("LICENSE.txt", False),
        ("licence.md", False),
        ("NOTICE.md", False),
        ("notice-board.md", True),
        ("third_party_notices.txt", False),
        (".hidden/x.md", False),
        ("assets/logo.png", False),
        ("md", False),
    ],
)
def test_references_are_written_for_readers(path: str, *, is_one: bool) -> None:
    assert is_reference(path) is is_one
    assert may_be_edited(path) is is_one


def test_markdown_by_suffix() -> None:
    assert is_markdown("a/B.Md")
    assert not is_markdown("a.txt")


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("scripts/*.py", "scripts/run.py", True),
        ("scripts/*.py", "scripts/deep/run.py", False),
        ("scripts/**/*.py", "scripts/deep/er/run.py", True),
        ("scripts/**/*.py", "scripts/run.py", True),
        ("**", "any/thing", True),
        ("*.json", "data.json", True),
        ("*.json", "x/data.json", False),
        ("a?.py", "ab.py", True),
        ("a?.py", "a/.py", False),
        ("[x].py", "x.py", False),
        ("[x].py", "[x].py", True),
        ("LICENSE.txt", "LICENSE.txt", True),
    ],
)
def test_patterns(pattern: str, path: str, *, fits: bool) -> None:
    assert may_be_edited(path, [pattern]) is fits


@pytest.mark.parametrize("path", ["references/terms.md", "a.md", "Ünï/日本.md", "x y.md"])
def test_names_that_are_fine(path: str) -> None:
    assert flaw_of_name(path) is None


@pytest.mark.parametrize(
    "path",
    ["", "/a.md", "../a.md", "a//b.md", "a/./b.md", "a\\b.md", "a/", ".a.md", "x/.git/a", "-a.md",
     "a. ", "a.", " a", "a:b.md", "a*.md", "con.md", "x/NUL", "com1.txt", "a\n.md", "a\u202e.md",
     "x" * 201],
)  # fmt: skip
def test_names_that_are_none(path: str) -> None:
    assert flaw_of_name(path)


@pytest.mark.parametrize(
    "path",
    ["SKILL.md", "skill.MD", "refs/É.md", "refs/e\u0301.md", "Refs/new.md", "refs", "a.md/b"],
)
def test_one_name_is_one_file_everywhere(path: str) -> None:
    assert collision_with(path, ["SKILL.md", "refs/é.md", "a.md"])


def test_other_names_do_not_collide() -> None:
    assert collision_with("refs/e.md", ["SKILL.md", "refs/é.md", "a.md"]) is None
