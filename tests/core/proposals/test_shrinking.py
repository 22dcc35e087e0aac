"""What can be deleted: whole pieces, the longest first, each once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.proposals.rule_order import Known
from skillopt.core.proposals.shrinking import deletions, shrinking
from skillopt.core.skill.edit import Edit, apply
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile

FRONT = "---\nname: desks\ndescription: Finds desks.\n---\n"
SKILL = Skill(
    text=f"""{FRONT}
# Desks

Say one word. Be kind to those who ask.

## Words

- bread: bakery
- saw: tools. It is
  a long way.

| word | desk |
|---|---|
| lawn | garden |

```
# no heading

last
```

The end.
"""
)


def anchors(skill: Skill = SKILL) -> list[str]:
    return [edit.anchor for edit in deletions(skill)]


def test_the_pieces_are_sections_items_rows_paragraphs_code_and_sentences() -> None:
    found = anchors()
    section = SKILL.text[SKILL.text.index("## Words") :]
    assert found[0] == section
    assert set(found[1:]) == {
        "Say one word. Be kind to those who ask.\n\n",
        "Say one word. ",
        " Be kind to those who ask.",
        "- bread: bakery\n",
        "- saw: tools. It is\n  a long way.\n",
        "saw: tools. ",
        " It is\n  a long way.",
        "| word | desk |\n",
        "|---|---|\n",
        "| lawn | garden |\n",
        "```\n# no heading\n\nlast\n```\n\n",
        "The end.\n",
    }
    assert [len(anchor) for anchor in found] == sorted(map(len, found), reverse=True)


def test_what_is_locked_or_would_leave_nothing_is_no_piece() -> None:
    lock = "<!-- skillopt:lock -->\n- rolls: bakery\n<!-- skillopt:unlock -->\n"
    assert anchors(Skill(text=f"- bread: bakery\n{lock}")) == ["- bread: bakery\n"]
    assert anchors(Skill(text="Only this.\n")) == []


def test_one_of_two_equal_lines_is_named_by_its_section() -> None:
    twice = Skill(text="# A\n\nSame.\n\n# B\n\nSame.\n\nOther.\n")
    named = {edit.section for edit in deletions(twice) if edit.anchor.strip() == "Same."}
    assert named == {("A",), ("B",)}
    assert all(isinstance(apply(twice, (edit,)), Skill) for edit in deletions(twice))


def test_each_is_tried_once_and_not_where_it_is_gone() -> None:
    tried: list[tuple[Edit, ...]] = []
    while (draft := shrinking(SKILL, SKILL, tried=tried, known=Known())).edits:
        tried.append(draft.edits)
    assert [edits[0].anchor for edits in tried] == anchors()
    assert draft.idea == "nothing is left to delete or to merge"
    shorter = apply(SKILL, deletions(SKILL)[:1])
    assert isinstance(shorter, Skill)
    left: list[tuple[Edit, ...]] = []
    while (draft := shrinking(SKILL, shorter, tried=left, known=Known())).edits:
        left.append(draft.edits)
    assert all("bread" not in edits[0].anchor for edits in left)
    assert left[0][0].anchor.startswith("Say one word.")


def test_rules_are_merged_once_no_deletion_is_left() -> None:
    skill = Skill(text="- rolls: bakery\n- saw: tools\n- cake: bakery\n")
    tried: list[tuple[Edit, ...]] = [(edit,) for edit in deletions(skill)]
    draft = shrinking(skill, skill, tried=tried[1:], known=Known())
    assert draft.edits == tried[0]
    draft = shrinking(skill, skill, tried=tried, known=Known())
    assert draft.idea == "merge “rolls: bakery” and “cake: bakery”"
    merged = apply(skill, draft.edits)
    assert isinstance(merged, Skill)
    assert merged.text == "- rolls or cake: bakery\n- saw: tools\n"
    assert not shrinking(skill, skill, tried=[*tried, draft.edits], known=Known()).edits


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_other_line_endings_make_the_same_pieces(newline: str) -> None:
    other = Skill(text=SKILL.text.replace("\n", newline))
    assert [one.replace(newline, "\n") for one in anchors(other)] == anchors()


texts = st.text(st.sampled_from("aB. \n-#|`1)\r"), max_size=120)


@given(texts)
def test_every_deletion_takes_away_what_it_says_and_nothing_else(text: str) -> None:
    skill = Skill(text=text)
    for edit in deletions(skill):
        after = apply(skill, (edit,))
        assert isinstance(after, Skill)
        assert after.text.strip()
        before, _, behind = text.partition(edit.anchor)
        if not edit.section:
            assert after.text == before + behind
        assert len(after.text) == len(text) - len(edit.anchor)


def test_references_shrink_as_well() -> None:
    reference = SkillFile(path="refs/a.md", data=b"# A\n\n- rolls: bakery\n- cake: bakery\n")
    script = SkillFile(path="run.py", data=b"print(1)\nprint(2)\n")
    folder = Skill(text="# Desks\n\nSay one word.\n", files=(reference, script))
    pieces = deletions(folder)
    assert {edit.file for edit in pieces} == {"SKILL.md", "refs/a.md"}
    assert all(isinstance(apply(folder, (edit,)), Skill) for edit in pieces)
    known = Known()
    tried = {(edit,) for edit in pieces}
    merged = shrinking(folder, folder, tried=tried, known=known)
    assert {edit.file for edit in merged.edits} == {"refs/a.md"}
    after = apply(folder, merged.edits)
    assert isinstance(after, Skill)
    assert b"- rolls or cake: bakery" in after.files[0].data
