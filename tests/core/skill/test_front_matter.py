"""Front matter is found however it was written, and no edit touches it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.skill.edit import Edit, Insert, Misfit, Replace, apply
from skillopt.core.skill.front_matter import find_front_matter, read_fields
from skillopt.core.skill.skill import Skill

KEYS = "name: sort\ndescription: Sorts words.\n"
BODY = "# Sort\n\ntext\n\n## Rules\n\n- One.\n\n---\n\ntail\n"

ODD = {
    "a blank line": "\n---\n" + KEYS + "---\n",
    "a blank line ": " \n\n\t\n---\n" + KEYS + "---\n",
    "a byte order mark": "\ufeff---\n" + KEYS + "---\n",
    "a byte order mark ": "\ufeff\n---\n" + KEYS + "---\n",
    "an invisible character (U+200B)": "\u200b---\n" + KEYS + "---\n",
    "an invisible character (U+2060)": "\n\u2060---\n" + KEYS + "---\n",
    "a comment": "<!-- owner: me -->\n---\n" + KEYS + "---\n",
    "a comment ": "<!--\nlines\n-->\n\n---\n" + KEYS + "---\n",
    "a comment or heading": "# yaml-language-server: x\n---\n" + KEYS + "---\n",
    "not closed": "---\n" + KEYS + "\n",
    "not closed ": "---\n" + KEYS,
    "not closed  ": "\n---\n" + KEYS + "metadata:\n  version: '1'\n\n",
    "not closed   ": "---\nname: sort\ndescription: >-\n  Sorts\n\n  words.\n\nlicense: MIT\n\n",
    "not closed    ": "---\n" + KEYS + "...\n",
    "no opening": KEYS + "---\n",
    "twice": "---\n" + KEYS + "---\n---\n" + KEYS + "---\n",
    "twice ": "---\n" + KEYS + "---\n\n---\nname: other\n---\n",
    "twice  ": "---\n" + KEYS + "---\nname: other\n---\n",
    "twice   ": "\n---\n" + KEYS + "---\n<!-- x -->\n---\n" + KEYS + "---\n",
}


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("flaw", ODD)
def test_odd_front_matter_is_whole_and_has_a_warning(flaw: str, newline: str) -> None:
    head, body = ODD[flaw].replace("\n", newline), BODY.replace("\n", newline)
    skill = Skill(text=head + body)
    assert skill.front_matter == head
    assert skill.name == "sort"
    assert any(flaw.strip() in warning for warning in skill.warnings), skill.warnings


@pytest.mark.parametrize("head", ODD.values())
@given(data=st.data())
def test_no_edit_touches_odd_front_matter(head: str, data: st.DataObject) -> None:
    skill = Skill(text=head + BODY)
    words = st.sampled_from(
        ["---\n", "name: y\n", "\n", "- Two.\n", "  x\n", "<!--", "-->", "# Y\n", "\ufeff", "...\n"]
    )
    text = "".join(data.draw(st.lists(words, max_size=6)))
    anchor = data.draw(st.sampled_from(["", "# Sort", "text", "name: sort", "Sorts words.", "---"]))
    inserted: Edit = Insert(
        anchor=anchor, where=data.draw(st.sampled_from(["before", "after"])), text=text
    )
    replaced: list[Edit] = [Replace(anchor=anchor, text=text)] if anchor else []
    edit = data.draw(st.sampled_from([inserted, *replaced]))
    after = apply(skill, (edit,))
    if not isinstance(after, Misfit):
        assert after.text.startswith(head)
        assert after.fields == skill.fields


@pytest.mark.parametrize("head", ODD.values())
def test_the_body_under_odd_front_matter_can_be_tuned(head: str) -> None:
    edits = (Insert(anchor="- One.", text="\n- Two."), Insert(anchor="", text="End.\n"))
    after = apply(Skill(text=head + BODY), edits)
    assert isinstance(after, Skill), after
    assert after.text == head + BODY.replace("- One.", "- One.\n- Two.") + "End.\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Title\n\n---\n\ntext\n\n---\n",
        "---\n\ntext\n",
        "\n---\ntext\n---\n",
        "<!-- never closed\n---\nname: x\n---\n",
        "Title\n---\nname: x\n---\n",
    ],
)
def test_rules_and_comments_are_no_front_matter(text: str) -> None:
    assert find_front_matter(text).end == 0


def test_a_rule_in_the_body_is_no_second_front_matter() -> None:
    text = "---\n" + KEYS + "---\n\n---\n\nA paragraph: with a colon.\n\n---\n"
    assert find_front_matter(text).end == len("---\n" + KEYS + "---\n")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ('name: "sort words"\ndescription: a: b', "sort words"),
        ("name: 'it''s'\ndescription: a: b", "it's"),
        ("name: x # the name\ndescription: a: b", "x"),
        ('name: "unended\ndescription: b', '"unended'),
        ('name: "x" y\ndescription: b', '"x" y'),
        ("name: >-\n  folded\n  name\ndescription: a: b", "folded name"),
        ("name: x\r\ndescription:\tA\r\n\tmore: y", "x"),
    ],
)
def test_a_name_in_broken_yaml_is_its_value(content: str, name: str) -> None:
    assert read_fields(content)["name"] == name


def test_a_colon_in_a_description_leaves_it_a_text() -> None:
    assert read_fields("name: x\ndescription: Names: a, b")["description"] == "Names: a, b"
    assert read_fields("a: [\nmetadata:\n  b: c")["metadata"] == {"b": "c"}


def test_front_matter_that_ends_with_dots_is_told_as_such() -> None:
    found = find_front_matter("---\nname: x\ndescription: y\n...\n# X\n")
    (flaw,) = found.flaws
    assert flaw.endswith("is not closed by `---`: write that instead of `...`")
    assert found.end == len("---\nname: x\ndescription: y\n...\n")
