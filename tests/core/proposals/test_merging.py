"""Merges: two rules that end alike become one shorter one; others stay two."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.proposals.merging import joined, merges
from skillopt.core.proposals.shrinking import deletions
from skillopt.core.skill.edit import apply
from skillopt.core.skill.skill import Skill


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("rolls: bakery", "cake: bakery", "rolls or cake: bakery"),
        (
            'When it mentions "a, b", set `x` to `y`.',
            'When it mentions "c", set `x` to `y`.',
            'When it mentions "a, b" or "c", set `x` to `y`.',
        ),
        ("Set `day` to `*`.", "Set `month` to `*`.", "Set `day` and `month` to `*`."),
        ("Set the day to 1.", "Set the last month to 1.", "Set the day and last month to 1."),
    ],
)
def test_what_differs_in_one_place_is_named_together(one: str, other: str, both: str) -> None:
    assert joined(one, other) == both


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rolls: bakery", "saw: tools"),
        ("Answer in English", "Answer in French"),
        ("rolls: bakery", "rolls: bakery"),
        ("Set the day to 1.", "Set the day to 1. Then stop."),
        ("When a, set `x`; when b, set `y` to 1.", "When c, set `y` to 1."),
        ("A long way to say that this one is the one, ok", "B, ok"),
        ("", "rolls"),
    ],
)
def test_what_contradicts_or_says_more_stays_apart(one: str, other: str) -> None:
    assert joined(one, other) is None


def test_only_items_of_one_section_and_one_kind_of_bullet() -> None:
    text = "# A\n\n- rolls: bakery\n1. cake: bakery\n\n# B\n\n- bread: bakery\n"
    skill = Skill(text=text.replace("bread", "rolls"))
    assert merges(skill, deletions(skill)) == ()


def test_the_largest_saving_comes_first_and_the_edits_fit() -> None:
    text = "- rolls: bakery\n- cake: bakery\n- saw: a tool, of course\n- nail: a tool, of course\n"
    skill = Skill(text=text)
    found = merges(skill, deletions(skill))
    assert [merge.first for merge in found] == ["saw: a tool, of course", "rolls: bakery"]
    after = apply(skill, (*found[0].edits, *found[1].edits))
    assert isinstance(after, Skill)
    assert after.text == "- rolls or cake: bakery\n- saw or nail: a tool, of course\n"
    assert len(text) - len(after.text) == sum(merge.saved for merge in found)


items = st.lists(st.sampled_from(["rolls: bakery", "cake: bakery", "a, b", "so it is", "", "no."]))


@given(items)
def test_a_merge_is_shorter_and_keeps_every_word(lines: list[str]) -> None:
    skill = Skill(text="".join(f"- {line}\n" for line in lines))
    for merge in merges(skill, deletions(skill)):
        after = apply(skill, merge.edits)
        assert isinstance(after, Skill)
        assert len(after.text) == len(skill.text) - merge.saved
        assert set(re.findall(r"\w+", skill.text)) <= set(re.findall(r"\w+", after.text))
