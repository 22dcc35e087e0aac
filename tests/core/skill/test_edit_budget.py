"""The edit budget: the real size of a change, and how the bounds develop."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from rapidfuzz.distance import Indel

from skillopt.core.skill.edit import MisfitReason
from skillopt.core.skill.edit_budget import BudgetPlan, EditBudget, budget_at, changed_chars, within
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile
from tests.core.texts import bodies

BUDGET = EditBudget(max_edits=2, max_changed_chars=40, max_skill_chars=200)
BEFORE = Skill(text="# Rules\n\n- When it rains, take a coat.\n- Otherwise, take a hat.\n")


def misfit(after: str, *, edits: int = 1, budget: EditBudget = BUDGET) -> MisfitReason | None:
    found = within(budget, before=BEFORE, after=Skill(text=after), edits=edits)
    return found.reason if found else None


@given(bodies, bodies)
def test_the_size_of_a_change_is_real(before: str, after: str) -> None:
    changed = changed_chars(before, after)
    assert (changed == 0) is (before == after)
    assert Indel.distance(before, after) <= changed <= len(before) + len(after)
    assert changed >= abs(len(before) - len(after))


@given(bodies, bodies, bodies)
def test_what_is_inserted_is_what_counts(start: str, new: str, end: str) -> None:
    before, after = f"{start}\n{end}", f"{start}\n{new}\n{end}"
    assert changed_chars(before, after) <= len(new) + 1


@given(bodies)
def test_rewriting_a_text_as_it_is_costs_nothing(text: str) -> None:
    assert changed_chars(text, text) == 0


CHEATS = [
    ("too many edits", BEFORE.text + "x", 3, MisfitReason.TOO_MANY_EDITS),
    (
        "one edit that replaces everything",
        "Nothing of it is left, all words differ now.",
        1,
        MisfitReason.TOO_MUCH_CHANGED,
    ),
    ("delete nearly everything", "# Rules\n", 1, MisfitReason.TOO_MUCH_CHANGED),
    ("delete everything", "", 1, MisfitReason.TOO_MUCH_CHANGED),
    ("a wall of text", BEFORE.text + "a" * 41, 1, MisfitReason.TOO_MUCH_CHANGED),
    ("a wall of white space", BEFORE.text + " " * 41, 1, MisfitReason.TOO_MUCH_CHANGED),
    ("a wall of line ends", BEFORE.text + "\n" * 41, 1, MisfitReason.TOO_MUCH_CHANGED),
    ("invisible characters", BEFORE.text + "\u200b" * 41, 1, MisfitReason.TOO_MUCH_CHANGED),
    ("combining characters", BEFORE.text + "e" + "\u0301" * 41, 1, MisfitReason.TOO_MUCH_CHANGED),
    ("every line end", BEFORE.text.replace("\n", "\r\n") * 1, 1, None),
    ("all in capitals", BEFORE.text.upper(), 1, MisfitReason.TOO_MUCH_CHANGED),
    ("all backwards", BEFORE.text[::-1], 1, MisfitReason.TOO_MUCH_CHANGED),
    (
        "the lines in another order",
        "- Otherwise, take a hat.\n# Rules\n\n- When it rains, take a coat.\n",
        1,
        MisfitReason.TOO_MUCH_CHANGED,
    ),
    (
        "letters that look alike",
        BEFORE.text.replace("a", "\u0430"),
        1,
        MisfitReason.TOO_MUCH_CHANGED,
    ),
    (
        "the same letters in other words",
        "".join(sorted(BEFORE.text)),
        1,
        MisfitReason.TOO_MUCH_CHANGED,
    ),
    ("larger than the skill may be", BEFORE.text + "a" * 140, 1, MisfitReason.SKILL_TOO_LARGE),
    ("one word", BEFORE.text.replace("hat", "cap"), 1, None),
]


@pytest.mark.parametrize(
    ("after", "edits", "reason"), [row[1:] for row in CHEATS], ids=[row[0] for row in CHEATS]
)
def test_the_budget_looks_at_the_texts_and_not_at_the_claims(
    after: str, edits: int, reason: MisfitReason | None
) -> None:
    assert misfit(after, edits=edits) is reason


def test_moving_a_line_counts_twice() -> None:
    line = "- moved\n"
    assert changed_chars(f"{line}- a\n- b\n", f"- a\n- b\n{line}") >= len("moved") * 2


def test_a_skill_that_is_too_large_may_only_shrink() -> None:
    small = EditBudget(max_edits=2, max_changed_chars=1000, max_skill_chars=10)
    assert misfit(BEFORE.text + "x", budget=small) is MisfitReason.SKILL_TOO_LARGE
    assert misfit(BEFORE.text.replace("hat", "cap"), budget=small) is MisfitReason.SKILL_TOO_LARGE
    assert misfit(BEFORE.text[:-10], budget=small) is None


def test_large_texts_are_compared_by_lines_and_never_count_less() -> None:
    before = "".join(f"line {number} of many, all of them different\n" for number in range(20_000))
    after = "first new\n" + before.replace("line 10000 of", "line ten of") + "last new\n"
    changed = changed_chars(before, after)
    assert len("first new\nlast new\n") + len("10000ten") <= changed < 200
    strange = "".join(f"{number}\n" for number in range(100_000))
    assert changed_chars(strange, strange[::-1]) >= Indel.distance(strange[:50], strange[:49])


plans = st.builds(
    BudgetPlan,
    schedule=st.sampled_from(("constant", "linear", "cosine", "adaptive")),
    max_edits=st.integers(5, 9),
    min_edits=st.integers(1, 5),
    max_changed_chars=st.integers(500, 900),
    min_changed_chars=st.integers(1, 500),
    shrink=st.floats(0.01, 1),
    grow=st.floats(1, 100),
)


@given(plans, st.lists(st.booleans(), max_size=40).map(tuple), st.integers(0, 20))
def test_a_budget_lies_between_floor_and_ceiling(
    plan: BudgetPlan, past: tuple[bool, ...], rounds: int
) -> None:
    budget = budget_at(plan, first=BEFORE, past=past, rounds=rounds)
    assert plan.min_edits <= budget.max_edits <= plan.max_edits
    assert plan.min_changed_chars <= budget.max_changed_chars <= plan.max_changed_chars
    assert budget.max_skill_chars == plan.max_skill_chars


@given(plans, st.lists(st.booleans(), max_size=20).map(tuple))
def test_adaptive_shrinks_after_a_refusal_and_grows_after_an_acceptance(
    plan: BudgetPlan, past: tuple[bool, ...]
) -> None:
    adaptive = plan.model_copy(update={"schedule": "adaptive"})
    now = budget_at(adaptive, first=BEFORE, past=past, rounds=12).max_changed_chars
    refused = budget_at(adaptive, first=BEFORE, past=(*past, False), rounds=12).max_changed_chars
    accepted = budget_at(adaptive, first=BEFORE, past=(*past, True), rounds=12).max_changed_chars
    assert refused <= max(now, adaptive.min_changed_chars + 50)
    assert accepted >= now


@pytest.mark.parametrize("schedule", ["linear", "cosine"])
def test_schedules_fall_from_ceiling_to_floor(schedule: str) -> None:
    plan = BudgetPlan.model_validate({"schedule": schedule})
    widths = [
        budget_at(plan, first=BEFORE, past=(False,) * done, rounds=12).max_changed_chars
        for done in range(15)
    ]
    assert widths[0] == plan.max_changed_chars
    assert widths[11:] == [plan.min_changed_chars] * 4
    assert all(later <= earlier for earlier, later in itertools.pairwise(widths))


def test_a_floor_above_its_ceiling_is_refused() -> None:
    with pytest.raises(ValidationError, match="min_edits is 9, above max_edits, 4"):
        BudgetPlan(min_edits=9)


@given(st.integers(0, 200_000), st.integers(1, 200_000))
def test_a_limit_that_was_not_set_leaves_room_for_every_skill(size: int, limit: int) -> None:
    skill = Skill(text="x" * size)
    assert BudgetPlan().largest_skill(skill) >= max(20_000, size * 1.25)
    assert BudgetPlan(max_skill_chars=limit, follows_skill=False).largest_skill(skill) == limit
    assert BudgetPlan().largest_skill(Skill(text="x" * 16_000)) == 20_000


def test_the_limit_that_follows_keeps_the_fingerprints_of_earlier_runs() -> None:
    assert "follows_skill" not in BudgetPlan().model_dump()
    assert BudgetPlan().model_dump()["max_skill_chars"] == 20_000
    fixed = BudgetPlan(max_skill_chars=20_000, follows_skill=False)
    assert fixed.model_dump() != BudgetPlan().model_dump()
    assert BudgetPlan.model_validate(fixed.model_dump()) == fixed


def files(*names: str, size: int = 10) -> tuple[SkillFile, ...]:
    return tuple(SkillFile(path=name, data=b"x" * size) for name in names)


def test_one_budget_over_all_files() -> None:
    plan = BudgetPlan(max_skill_chars=50, max_files=3)
    folder = Skill(text="x" * 10, files=files("a.md", "b.png"))
    budget = plan.widest(folder)
    assert (budget.max_files, plan.widest(BEFORE).max_files) == (3, None)
    assert "max_files" not in plan.widest(BEFORE).model_dump()
    assert plan.largest_skill(Skill(text="x" * 10, files=files("a.md", size=90))) == 125

    def reason(*names: str, size: int = 10) -> MisfitReason | None:
        after = Skill(text=folder.text, files=files(*names, size=size))
        found = within(budget, before=folder, after=after, edits=1)
        return found.reason if found else None

    assert reason("a.md", "c.md") is None
    assert reason("a.md", "b.png", "c.md", "d.md") is MisfitReason.TOO_MANY_FILES
    assert reason("a.md", "b.png", "c.md", size=20) is MisfitReason.SKILL_TOO_LARGE
    small = budget.model_copy(update={"max_changed_chars": 19})
    two = Skill(text=folder.text, files=files("b.png", "c.md"))
    found = within(small, before=folder, after=two, edits=2)
    assert found
    assert found.reason is MisfitReason.TOO_MUCH_CHANGED
    assert "20 characters would change" in found.detail


def test_a_folder_with_many_files_only_gets_no_more() -> None:
    folder = Skill(text="x", files=files(*(f"{number}.md" for number in range(80))))
    budget = BudgetPlan().widest(folder)
    assert budget.max_files == 81
    fewer = folder.model_copy(update={"files": folder.files[1:]})
    assert within(budget, before=folder, after=fewer, edits=1) is None
