"""Skills: bytes are kept, and the map that edits need is right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.skill.document import Span
from skillopt.core.skill.skill import LARGEST_SKILL, Skill
from skillopt.errors import SkillError
from tests.core.texts import skills

FULL = """\
---
name: triage
description: Sorts tickets.
x-own: kept
---

intro

# Top

text

```md
# Not a heading
```

## Rules

- one

## Rules too ##

Setext
------

# Top
"""


@given(st.binary(max_size=200))
def test_whatever_is_read_is_written_back_to_the_byte(data: bytes) -> None:
    try:
        skill = Skill.from_bytes(data)
    except SkillError:
        return
    assert skill.to_bytes() == data


@given(skills)
def test_reading_and_writing_are_inverse(skill: Skill) -> None:
    again = Skill.from_bytes(skill.to_bytes())
    assert again == skill
    assert again.digest == skill.digest


@given(skills)
def test_the_map_stays_within_the_text(skill: Skill) -> None:
    assert skill.text.startswith(skill.front_matter)
    assert skill.body.end == len(skill.text)
    for section in skill.sections:
        assert skill.body.start <= section.span.start < section.span.end <= len(skill.text)
        assert section.span.start < section.content_start <= section.span.end
        assert skill.text[section.span.start] not in "\r\n"
    assert "".join(skill.locked_texts) == "".join(
        skill.text[span.start : span.end] for span in skill.locked
    )
    assert isinstance(skill.fields, dict)
    assert skill.name is None or skill.name


@given(skills, st.text(alphabet="a\r\n", max_size=8))
def test_own_newlines_are_stable(skill: Skill, text: str) -> None:
    own = skill.with_own_newlines(text)
    assert skill.with_own_newlines(own) == own
    assert own.replace("\r\n", "\n").replace("\r", "\n") == text.replace("\r\n", "\n").replace(
        "\r", "\n"
    )


def test_sections_are_headings_outside_fences() -> None:
    skill = Skill(text=FULL)
    assert [section.path for section in skill.sections] == [
        ("Top",),
        ("Top", "Rules"),
        ("Top", "Rules too"),
        ("Top", "Setext"),
        ("Top",),
    ]
    top = skill.sections[0]
    assert skill.text[top.span.start : top.content_start] == "# Top\n"
    assert skill.text[top.span.end :] == "# Top\n"


def test_front_matter_is_read_and_unknown_keys_are_only_warned_about() -> None:
    skill = Skill(text=FULL)
    assert skill.name == "triage"
    assert skill.front_matter == FULL[: FULL.index("\nintro")]
    assert skill.warnings == ("front matter key `x-own` is not in the Agent Skills format (kept)",)
    assert Skill(text="---\nname: x\n---\n").warnings == ("front matter has no `description`",)
    assert Skill(text="no front matter").warnings == ()


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_front_matter_in_every_line_ending(newline: str, bom: str) -> None:
    skill = Skill(text=bom + "---\nname: x\n---\nbody".replace("\n", newline))
    assert skill.name == "x"
    assert skill.text[skill.body.start :] == "body"


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: x\n",
        "----\nname: x\n---\n",
        "\n---\nProse.\n---\n",
        "---\n\nProse with a rule above.\n",
        "x---\n---\n",
    ],
)
def test_what_only_resembles_front_matter(text: str) -> None:
    skill = Skill(text=text)
    assert skill.front_matter == ""
    assert skill.fields == {}


@pytest.mark.parametrize(
    "matter",
    [
        "name: x\ndate: 2026-13-45",
        "name: x\nnumber: " + "9" * 5000,
        "name: x\ndeep: " + "[" * 5000,
        "name: x\nbroken: [1,",
        "name: x\n? [a]\n: b",
        "name: x\ntag: !!python/object:os.system ls",
        "name: x\nwide: a" + " " * 100_000 + "b: c",
    ],
)
def test_broken_front_matter_is_read_leniently(matter: str) -> None:
    assert Skill(text=f"---\n{matter}\n---\nbody").name == "x"


@pytest.mark.parametrize("value", ["5", "[a]", "''", "{a: b}", "null"])
def test_a_name_that_is_no_text_is_no_name(value: str) -> None:
    assert Skill(text=f"---\nname: {value}\n---\n").name is None


def test_locked_regions() -> None:
    skill = Skill(
        text="a <!-- skillopt:lock -->one<!--skillopt:unlock--> b <!--  skillopt:lock\n-->two"
    )
    assert skill.locked_texts == (
        "<!-- skillopt:lock -->one<!--skillopt:unlock-->",
        "<!--  skillopt:lock\n-->two",
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"ab\xff", "byte 2 is not UTF-8"),
        ("text".encode("utf-16"), "byte 0 is not UTF-8"),
        (b"a\0b", "NUL byte at 1"),
        (b"a" * (LARGEST_SKILL + 1), "at most 1000000"),
    ],
)
def test_what_is_no_skill(data: bytes, message: str) -> None:
    with pytest.raises(SkillError, match=message):
        Skill.from_bytes(data)


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_spans_touch_where_they_share_a_character(a: int, b: int, c: int, d: int) -> None:
    one, other = Span(min(a, b), max(a, b)), Span(min(c, d), max(c, d))
    shared = set(range(*one)) & set(range(*other))
    if other.start == other.end:
        assert one.touches(other) is (one.start < other.start < one.end)
    elif one.start < one.end:
        assert one.touches(other) is bool(shared)


@pytest.mark.parametrize("mark", ["skillopt: lock", "SkillOpt:lock", "skillopt : unlock"])
def test_a_mark_that_locks_nothing_is_warned_of(mark: str) -> None:
    found = Skill(text=f"# A\n\n<!-- {mark} -->\n- Fixed.\n")
    assert not found.locked
    [warning] = found.warnings
    assert f"`<!-- {mark} -->` locks nothing" in warning


def test_a_mark_that_locks_is_not_warned_of() -> None:
    text = "# A\n\n<!-- skillopt:lock -->\n- Fixed.\n<!--skillopt:unlock-->\n"
    assert Skill(text=text).warnings == ()
