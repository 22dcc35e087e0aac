"""The Agent Skills rules: each broken one is named, with its line and the way out."""

from __future__ import annotations

import pytest

from skillopt.core.skill.format_rules import LONGEST_DESCRIPTION, LONGEST_NAME, folder_flaw
from skillopt.core.skill.skill import Skill


def warned(matter: str) -> tuple[str, ...]:
    return Skill(text=f"---\n{matter}\n---\n# Body\n").warnings


@pytest.mark.parametrize(
    "matter",
    [
        "name: sort-words\ndescription: Sorts.",
        'name: "sort-2"\ndescription: "a: b"',
        "name: größe\ndescription: Sorts.",
        "name: x\ndescription: >-\n  Sorts: a\n\n  b --- c\nmetadata:\n  version: '1.0'",
        f"name: {'a' * LONGEST_NAME}\ndescription: {'d' * LONGEST_DESCRIPTION}",
        "name: x\ndescription: d\nlicense: MIT\nallowed-tools: Bash(git:*) Read\ncompatibility: c",
    ],
)
def test_what_the_format_allows(matter: str) -> None:
    assert warned(matter) == ()


@pytest.mark.parametrize(
    ("matter", "parts"),
    [
        ("name: x\ndescription: a: b", ("not valid YAML (line 3)", "in quotes")),
        ("name: x\ndescription: a\n\tb: c", ("not valid YAML (line 4)", "with spaces")),
        ("name: x\ndescription: a\nname: y", ("`name` occurs twice (lines 2 and 4)",)),
        ("name: x\ndescription: d\nmetadata:\n  a: '1'\n  a: '2'", ("`a` occurs twice",)),
        ("name: x\ndescription: [1,", ("not valid YAML",)),
        ("name: x\ndescription: d\nmetadata: {since: 2026-13-45}", ("not valid YAML",)),
        ("- name\n- description", ("not a list of keys and values", "no `name`")),
        ("name: Some Name!\ndescription: d", ("invalid `name` 'Some Name!'",)),
        ("name: -x\ndescription: d", ("invalid `name` '-x'",)),
        ("name: x-\ndescription: d", ("invalid `name` 'x-'",)),
        ("name: a--b\ndescription: d", ("invalid `name` 'a--b'",)),
        ("name: a_b\ndescription: d", ("invalid `name` 'a_b'",)),
        (f"name: {'a' * 65}\ndescription: d", ("65 characters; the format allows 64",)),
        ("name: 12\ndescription: d", ("`name` is not text: put 12 in quotes",)),
        (f"name: x\ndescription: {'d' * 1025}", ("1025 characters; the format allows 1024",)),
        ("name: x\ndescription: ' '", ("`description` is empty",)),
        ("name: x\ndescription: d\ncompatibility: " + "c" * 501, ("501 characters",)),
        ("name: x\ndescription: d\nmetadata:\n  version: 1.0", ("'version' is not text",)),
        ("name: x\ndescription: d\nmetadata: 3", ("`metadata` must be keys and values",)),
        ("name: x\ndescription: d\nallowed-tools: [Read]", ("`allowed-tools` is not text",)),
    ],
)
def test_what_the_format_forbids(matter: str, parts: tuple[str, ...]) -> None:
    told = "\n".join(warned(matter))
    for part in parts:
        assert part in told


def test_a_line_is_counted_from_the_start_of_the_file() -> None:
    text = "<!-- c -->\r\n\r\n---\r\nname: x\r\ndescription: a: b\r\n---\r\n"
    assert any("(line 5)" in warning for warning in Skill(text=text).warnings)


def test_the_folder_has_the_skills_name() -> None:
    assert folder_flaw("sort", "sort") is None
    assert folder_flaw(None, "sort") is None
    assert folder_flaw("gr\u00f6\u00dfe", "gro\u0308\u00dfe") is None
    assert "rename one" in (folder_flaw("sort", "words") or "")
