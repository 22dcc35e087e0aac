"""A mode that dominates and fails is found, and a proposal that stays in it is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.proposals.collapse import (
    WINDOW,
    Entropies,
    Leave,
    Mode,
    Move,
    collapsed,
    move_of,
    staying,
    ways_out,
)
from skillopt.core.proposals.proposal import Draft, Proposal
from skillopt.core.skill.edit import Create, Edit, Remove, Replace
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile

SKILL = Skill(
    text="# Desk\n\nOne word.\n\n## Words\n\n- bread: bakery\n- oven: tools\n\n## Tone\n\nBe kind.\n"
)
WORDS, TONE = "Desk > Words", "Desk > Tone"
ALIKE = Mode(
    kind="insert", sections=(WORDS,), idea=None, entropy=Entropies(kind=0, sections=0, idea=2)
)


def proposal(*edits: dict[str, Any], idea: str = "an idea") -> Proposal:
    draft = Draft.model_validate({"idea": idea, "edits": edits})
    return Proposal(parent=SKILL.digest, draft=draft)


def insert(text: str, *section: str) -> dict[str, Any]:
    return {"kind": "insert", "anchor": "", "text": text, "section": section}


def delete(text: str) -> dict[str, Any]:
    return {"kind": "delete", "anchor": text}


def move(kind: Any = "insert", section: str = WORDS, idea: str = "a") -> Move:
    return Move(kind=kind, sections=(section,), idea=idea)


def test_the_same_step_again_and_again_is_a_mode() -> None:
    mode = collapsed([move(idea=idea) for idea in "abcd"])
    assert mode is not None
    assert (mode.kind, mode.sections, mode.idea) == ("insert", (WORDS,), None)
    assert mode.entropy == Entropies(kind=0, sections=0, idea=2)


def test_the_same_idea_in_other_places_is_a_mode() -> None:
    kinds = ("insert", "replace", "delete", "mixed")
    mode = collapsed([move(kind, section) for kind, section in zip(kinds, "wxyz", strict=True)])
    assert mode is not None
    assert (mode.kind, mode.sections, mode.idea) == (None, None, "a")


def test_one_stray_in_the_window_does_not_hide_the_mode_and_two_do() -> None:
    ideas = iter("abcdefgh")
    usual = [move(idea=next(ideas)) for _ in range(3)]
    assert collapsed([*usual, move("delete", TONE, "x")]) is not None
    assert collapsed([*usual[:2], move("delete", TONE, "x"), move("delete", TONE, "y")]) is None


def test_few_refusals_are_no_mode() -> None:
    assert collapsed([move()] * (WINDOW - 1)) is None


@given(
    st.lists(
        st.builds(
            move,
            st.sampled_from(["insert", "delete"]),
            st.sampled_from("uvw"),
            st.sampled_from("abc"),
        ),
        max_size=9,
    ),
    st.randoms(),
)
def test_the_order_within_the_window_and_what_was_before_do_not_count(
    moves: list[Move], draw: Any
) -> None:
    window = moves[-WINDOW:]
    found = collapsed(window)
    assert (collapsed(moves) is None) == (found is None)
    draw.shuffle(window)
    again = collapsed(window)
    assert again == found or (again and found and again.entropy == found.entropy)


def test_what_an_edit_does_counts_and_not_what_it_claims_to_be() -> None:
    claimed = {"kind": "replace", "anchor": "- oven: tools", "text": "- oven: tools\n- ham: deli"}
    gone = {
        "kind": "replace",
        "anchor": "- bread: bakery\n- oven: tools",
        "text": "- bread: bakery",
    }
    assert move_of(SKILL, proposal(claimed)).kind == "insert"
    went = move_of(SKILL, proposal(gone))
    assert (went.kind, went.sections, went.example) == ("delete", (WORDS,), "an idea")
    assert move_of(SKILL, proposal(delete("- oven: tools\n"), insert("- a: b\n"))).kind == "mixed"
    assert move_of(SKILL, proposal(delete("not there"))).kind == "delete"


def test_the_ways_out_of_a_mode() -> None:
    ways = [leave.way for leave in ways_out(ALIKE, SKILL, back_to="v1")]
    assert ways == ["another_section", "deletion", "way_back"]
    assert [leave.way for leave in ways_out(ALIKE, SKILL, back_to=None)] == [
        "another_section",
        "deletion",
    ]
    only = ALIKE.model_copy(update={"kind": "delete", "sections": ("Desk", WORDS, TONE)})
    assert ways_out(only, SKILL, back_to=None) == ()


@pytest.mark.parametrize(
    ("way", "edit", "said"),
    [
        ("another_section", insert("- ham: deli\n", "Words"), "writes again under “Desk > Words”"),
        ("another_section", insert("Be brief.\n", "Tone"), None),
        ("deletion", insert("Be brief.\n", "Tone"), "this is an insertion"),
        (
            "deletion",
            {"kind": "replace", "anchor": "One word", "text": "One word only"},
            "a rewording",
        ),
        ("deletion", delete("- oven: tools\n"), None),
        ("way_back", delete("- oven: tools\n"), "makes an accepted version again"),
        ("way_back", insert("- ham: deli\n", "Words"), None),
    ],
)
def test_a_proposal_goes_the_way_or_is_refused(
    way: Any, edit: dict[str, Any], said: str | None
) -> None:
    earlier = Skill(text=SKILL.text.replace("- oven: tools\n", ""))
    leave = Leave(mode=ALIKE, way=way)
    reason = staying(leave, proposal(edit), skill=SKILL, versions=[earlier.digest])
    assert said in reason if said and reason else reason == said


def test_the_same_idea_does_not_leave_a_mode_whatever_its_edits() -> None:
    wanted = proposal(delete("- oven: tools\n"), idea="Send ovens elsewhere")
    name = move_of(SKILL, wanted).idea
    leave = Leave(mode=ALIKE.model_copy(update={"idea": name}), way="deletion")
    assert "had the same idea" in (staying(leave, wanted, skill=SKILL, versions=()) or "")


def test_a_step_in_another_file_is_another_step() -> None:
    file = SkillFile(path="refs/a.md", data=b"# Tone\n\n- Be brief.\n")
    folder = SKILL.model_copy(update={"files": (file,)})
    made: dict[str, Edit] = {
        "insert": Create(file="refs/b.md", text="- New words.\n"),
        "delete": Remove(file="refs/a.md"),
        "replace": Replace(anchor="Be brief.", text="Be very brief.", file="refs/a.md"),
    }
    for kind, edit in made.items():
        proposal = Proposal(parent=folder.digest, draft=Draft(idea="i", edits=(edit,)))
        move = move_of(folder, proposal)
        assert move.kind == kind
        assert move.sections[0].startswith("refs/")
    mode = collapsed([Move(kind="insert", sections=("refs/a.md > Tone",), idea="a")] * WINDOW)
    assert mode is not None
    ways = ways_out(mode, Skill(text="x", files=(file,)), back_to=None)
    assert [leave.way for leave in ways] == ["deletion"]
    assert next(leave.way for leave in ways_out(mode, folder, back_to=None)) == "another_section"
