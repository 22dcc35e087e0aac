"""Imitation: right answers as examples, within the budget, in an order of the seed's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.proposals.critique import Observation
from skillopt.core.proposals.imitation import HEADING, imitation
from skillopt.core.skill.edit import apply
from skillopt.core.skill.edit_budget import EditBudget, within
from skillopt.core.skill.repeats import first_repeat
from skillopt.core.skill.skill import Skill

SKILL = Skill(text="# Which desk\n\nOne word.\n\n## Words\n\n- bread: bakery\n")
WIDE = EditBudget(max_edits=4, max_changed_chars=1200, max_skill_chars=20_000)


def seen(number: int, text: str, **more: object) -> Observation:
    fields = {
        "rollout": f"r{number}",
        "task": f"task-{number}",
        "input": text,
        "answer": "reception",
        "expected": "bakery",
        "score": 0.0,
        "passed": False,
        "feedback": (),
    }
    return Observation.model_validate({**fields, **more})


def shown(skill: Skill, *observations: Observation, budget: EditBudget = WIDE) -> Skill:
    draft = imitation(skill, budget, observations, seed="0")
    after = apply(skill, draft.edits)
    assert isinstance(after, Skill), after
    return after


def test_a_failed_task_is_shown_with_the_expected_answer() -> None:
    after = shown(SKILL, seen(1, "Any rolls?"))
    assert after.text == (
        SKILL.text + f"\n## {HEADING}\n\n```\nText: Any rolls?\nAnswer: bakery\n```\n"
    )


def test_without_an_expected_answer_only_the_targets_own_right_one_is_copied() -> None:
    passed = seen(1, "Any rolls?", expected=None, answer="the bakery", passed=True)
    failed = seen(2, "Any saws?", expected=None)
    draft = imitation(SKILL, WIDE, (passed, failed), seed="0")
    assert draft.rollouts == ("r1",)
    assert "Answer: the bakery" in shown(SKILL, passed, failed).text
    nothing = imitation(SKILL, WIDE, (failed,), seed="0")
    assert (nothing.edits, nothing.rollouts) == ((), ())


def test_what_is_shown_already_is_not_shown_again() -> None:
    both = (seen(1, "Any rolls?"), seen(2, "Any saws?", expected="tools"))
    once = shown(SKILL, both[0])
    twice = shown(once, *both)
    assert twice.text.count(f"## {HEADING}") == 1
    assert twice.text.count("Any rolls?") == 1
    assert "Text: Any saws?\nAnswer: tools" in twice.text
    assert imitation(twice, WIDE, both, seed="0").edits == ()


def test_examples_go_into_their_section_wherever_it_stands() -> None:
    skill = Skill(text=f"# Desks\n\n## {HEADING}\n\nAs follows.\n\n## End\n\nBe brief.\n")
    after = shown(skill, seen(1, "Any rolls?"))
    assert after.text.index("Any rolls?") < after.text.index("## End")
    assert [part.path[-1] for part in after.sections] == ["Desks", HEADING, "End"]


def test_every_answer_has_its_turn_before_one_has_two_and_failures_come_first() -> None:
    many = [seen(at, f"Is there cake {at}?") for at in range(8)]
    rare = seen(8, "Any saws?", expected="tools", passed=True)
    failed = seen(9, "Any drills?", expected="tools")
    small = WIDE.model_copy(update={"max_changed_chars": 130})
    text = shown(SKILL, *many, rare, failed, budget=small).text
    assert text.count("Answer: bakery") == 1
    assert "Any drills?" in text
    assert "Any saws?" not in text


def test_a_fence_is_longer_than_any_in_an_example() -> None:
    text = "Mend this:\n```\n# no heading\n```\n"
    after = shown(SKILL, seen(1, text))
    assert "````\nText: Mend this:" in after.text
    assert [part.path[-1] for part in after.sections] == ["Which desk", "Words", HEADING]


def test_structured_answers_are_written_as_json() -> None:
    assert 'Answer: {"desk":"tools"}' in shown(SKILL, seen(1, "x", expected={"desk": "tools"})).text


def test_the_seed_chooses_where_there_is_room_for_some() -> None:
    many = [seen(at, f"Is there cake {at}?") for at in range(20)]
    small = WIDE.model_copy(update={"max_changed_chars": 150})
    drafts = [imitation(SKILL, small, many, seed=str(seed)) for seed in range(6)]
    assert drafts[0] == imitation(SKILL, small, many, seed="0")
    assert len({draft.rollouts for draft in drafts}) > 1


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co"))
    | st.sampled_from("`#\n-| "),
    max_size=60,
)


@given(
    st.lists(st.tuples(texts, texts), max_size=8),
    st.integers(30, 600),
    st.sampled_from([SKILL, Skill(text="")]),
)
def test_what_is_proposed_always_fits_and_repeats_nothing(
    pairs: list[tuple[str, str]], room: int, skill: Skill
) -> None:
    budget = EditBudget(max_edits=1, max_changed_chars=room, max_skill_chars=20_000)
    observations = [seen(at, text, expected=answer) for at, (text, answer) in enumerate(pairs)]
    draft = imitation(skill, budget, observations, seed="0")
    if not draft.edits:
        return
    after = apply(skill, draft.edits)
    assert isinstance(after, Skill)
    assert within(budget, before=skill, after=after, edits=1) is None
    assert first_repeat(skill, after) is None
    assert [part.path for part in after.sections][: len(skill.sections)] == [
        part.path for part in skill.sections
    ]
