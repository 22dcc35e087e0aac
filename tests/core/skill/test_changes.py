"""What edits do to a skill, told by the statements that come and go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.skill.changes import (
    Change,
    changes_of,
    is_rewritten,
    section_of,
    section_print,
    statements,
)
from skillopt.core.skill.edit import Delete, Edit, Insert, Replace
from skillopt.core.skill.similarity import (
    DEFAULT_SIMILARITY,
    similarity,
)
from skillopt.core.skill.skill import Skill

SKILL = Skill(
    text="# Top\n\nRead the whole ticket.\n\n## Rules\n\n- Answer in JSON.\n- Use `low` by default.\n"
    "\n## Form\n\nWrite the date first. Then write the\nname of the customer.\n"
)


def only(edit: Edit) -> Change:
    (change,) = changes_of(SKILL, (edit,))
    return change


RULE = '- When the ticket mentions "refund", set `queue` to `billing`.\n'


SAME = [
    Insert(anchor="- Use `low` by default.\n", text=RULE),
    Insert(anchor="", section=("Rules",), text="\n" + RULE),
    Insert(anchor="- Use `low`", where="before", text=RULE),
    Replace(anchor="- Answer in JSON.\n", text="- Answer in JSON.\n* " + RULE[2:]),
    Replace(
        anchor="- Use `low` by default.",
        text='- Use `low` by default.\n- When the ticket\n  mentions "refund",\n  set `queue` to `billing`.',
    ),
]


@pytest.mark.parametrize("edit", SAME)
def test_one_idea_is_one_change_however_it_is_edited_in(edit: Edit) -> None:
    assert only(edit) == Change(section="Top > Rules", after=RULE[2:].strip())


def test_a_word_exchanged_in_a_sentence_is_the_sentence_reworded() -> None:
    change = only(Replace(anchor="first", text="last"))
    assert change == Change(
        section="Top > Form", before="Write the date first.", after="Write the date last."
    )
    longer = only(Replace(anchor="Write the date first.", text="Write the date last."))
    assert longer == change


def test_one_sentence_may_have_become_two() -> None:
    one = [Change(section="s", after="Answer in JSON, and name the customer.")]
    two = [
        Change(section="s", after="Answer in JSON."),
        Change(section="s", after="Name the customer."),
    ]
    assert similarity(one, two) >= DEFAULT_SIMILARITY


def test_what_does_not_fit_changes_nothing() -> None:
    assert changes_of(SKILL, (Delete(anchor="nowhere"), Replace(anchor="JSON", text="JSON"))) == ()


@pytest.mark.parametrize(
    ("edit", "section"),
    [
        (Insert(anchor="", section=("Rules",), text="x"), "Top > Rules"),
        (Insert(anchor="", where="before", section=("Form",), text="x"), "Top > Form"),
        (Insert(anchor="", text="x"), "Top > Form"),
        (Delete(anchor="Read the whole ticket."), "Top"),
        (Delete(anchor="nowhere", section=("A", "B")), "A > B"),
    ],
)
def test_the_section_of_an_edit(edit: Edit, section: str) -> None:
    assert section_of(SKILL, edit) == section


def test_a_section_is_rewritten_when_half_of_it_is_something_else() -> None:
    then = section_print(SKILL, "Top > Rules")
    grown = Skill(text=SKILL.text.replace("by default.\n", "by default.\n" + "- Be brief.\n" * 9))
    other = Skill(text=SKILL.text.replace("Answer in JSON", "Answer in XML"))
    moved = Skill(text=SKILL.text.replace("Read the whole", "Skim the"))
    assert not is_rewritten(then, then)
    assert not is_rewritten(then, section_print(grown, "Top > Rules"))
    assert not is_rewritten(then, section_print(moved, "Top > Rules"))
    assert is_rewritten(then, section_print(other, "Top > Rules"))
    assert is_rewritten(then, section_print(SKILL, "Gone"))


def test_huge_sections_are_compared_by_a_sample() -> None:
    lines = [f"- Rule {number} says {number * 7}." for number in range(400)]

    def printed(rows: list[str]) -> object:
        return section_print(Skill(text="# H\n\n" + "\n".join(rows) + "\n"), "H")

    then = printed(lines)
    assert not is_rewritten(then, printed([*lines[:380], *[f"- New {n}." for n in range(20)]]))  # type: ignore[arg-type]
    assert is_rewritten(then, printed([*lines[:100], *[f"- New {n}." for n in range(300)]]))  # type: ignore[arg-type]


@given(st.lists(st.text(max_size=40), max_size=8))
def test_statements_have_no_white_space_around_and_lose_no_word(lines: list[str]) -> None:
    for statement in statements("\n".join(lines)):
        assert statement == " ".join(statement.split())
