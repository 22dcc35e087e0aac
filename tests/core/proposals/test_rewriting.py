"""A rewrite: the whole body changes, what is locked does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.proposals.rewriting import Rewrite, draft_of, unbounded
from skillopt.core.replies import BadReply
from skillopt.core.skill.edit import apply
from skillopt.core.skill.edit_budget import EditBudget, within
from skillopt.core.skill.skill import Skill

FRONT = "---\nname: desks\ndescription: Finds desks.\n---\n"
LOCK = "<!-- skillopt:lock -->\nAlways be polite.\n<!-- skillopt:unlock -->"
SKILL = Skill(text=f"{FRONT}\n# Desks\n\nOld words.\n\n{LOCK}\n\nThe end.\n")


def rewritten(skill: Skill, body: str) -> Skill:
    after = apply(skill, draft_of(Rewrite(idea="anew", body=body), skill).edits)
    assert isinstance(after, Skill), after
    return after


def test_the_body_is_replaced_and_the_front_matter_stays() -> None:
    bare = Skill(text=f"{FRONT}\n# Desks\n\nOld words.\n")
    assert rewritten(bare, "# New\n\nOther words.").text == f"{FRONT}\n# New\n\nOther words.\n"


def test_locked_texts_stay_where_the_new_body_has_them() -> None:
    after = rewritten(SKILL, f"# New\n{LOCK}\nAll new.")
    assert after.text == f"{FRONT}\n# New\n\n{LOCK}\n\nAll new.\n"
    assert after.locked_texts == SKILL.locked_texts


@pytest.mark.parametrize("body", ["# New", LOCK.replace("polite", "rude"), LOCK.lower()])
def test_a_changed_locked_text_is_named(body: str) -> None:
    with pytest.raises(BadReply, match="locked text 1 is missing, changed or out of order"):
        draft_of(Rewrite(idea="anew", body=body), SKILL)


def test_the_same_body_is_no_edit() -> None:
    body = SKILL.text.removeprefix(FRONT)
    assert draft_of(Rewrite(idea="anew", body=body), SKILL).edits == ()


def test_text_may_come_where_there_was_none() -> None:
    skill = Skill(text=f"{LOCK}\n{LOCK.replace('polite', 'brief')}\n")
    first, second = skill.locked_texts
    after = rewritten(skill, f"Before.\n{first}\nBetween.\n{second}\nAfter.\n")
    assert after.locked_texts == skill.locked_texts
    assert [line for line in after.text.splitlines() if line.endswith(("re.", "en.", "er."))] == [
        "Before.",
        "Between.",
        "After.",
    ]
    assert rewritten(Skill(text=""), "New.").text.strip() == "New."


def test_only_the_edits_are_unbounded() -> None:
    budget = EditBudget(max_edits=1, max_changed_chars=10, max_skill_chars=300)
    wide = unbounded(budget)
    after = rewritten(SKILL, f"All of it is new here.\n{LOCK}\nAnd so is this.")
    assert within(budget, before=SKILL, after=after, edits=2) is not None
    assert within(wide, before=SKILL, after=after, edits=2) is None
    long = rewritten(SKILL, f"{'words ' * 60}\n{LOCK}")
    assert within(wide, before=SKILL, after=long, edits=2) is not None


bodies = st.text(st.sampled_from("ab #\n-`"), max_size=80)


@given(bodies, bodies, bodies, bodies)
def test_any_body_with_its_locked_text_becomes_that_body(
    before: str, after: str, new_before: str, new_after: str
) -> None:
    skill = Skill(text=f"{FRONT}QQ{before}{LOCK}{after}ZZ")
    draft = draft_of(Rewrite(idea="x", body=f"{new_before}{LOCK}{new_after}"), skill)
    made = apply(skill, draft.edits) if draft.edits else skill
    assert isinstance(made, Skill), made
    head, _, tail = made.text.removeprefix(FRONT).partition(LOCK)
    assert (head.strip(), tail.strip()) == (new_before.strip(), new_after.strip())
    assert made.front_matter == skill.front_matter
