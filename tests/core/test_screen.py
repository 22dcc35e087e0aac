"""The screen: what is refused before any rollout is paid."""

from __future__ import annotations

import pytest

from skillopt.core.budget import EditBudget
from skillopt.core.digest import LARGEST_DIGEST, refused_digest
from skillopt.core.edit import Delete, Edit, Insert, Replace
from skillopt.core.proposal import Candidate, Draft, Proposal
from skillopt.core.refusal import Refusal, Stage
from skillopt.core.screen import Screened, screen, sections_touched
from skillopt.core.skill import Skill

SKILL = Skill(text="# Top\n\nintro\n\n## Rules\n\n- one\n- two\n\n## Form\n\nbare\n")
BUDGET = EditBudget(max_edits=2, max_changed_chars=60, max_skill_chars=200)
ADD = Insert(anchor="- two\n", text="- three\n")
SWAP = Replace(anchor="bare", text="short")


def proposal(*edits: Edit, idea: str = "an idea") -> Proposal:
    return Proposal(parent=SKILL.digest, draft=Draft(idea=idea, edits=edits, criteria=("right",)))


def refusal(refused: Proposal, **changes: object) -> Refusal:
    fields: dict[str, object] = {
        "id": "r1",
        "run": "run",
        "number": 1,
        "stage": Stage.GATE,
        "code": "futile",
        "reason": "not better",
        "outcome": "rejected",
        "proposal": refused,
        "context": "here",
    }
    return Refusal.model_validate({**fields, **changes})


def screened(wanted: Proposal, *known: Refusal) -> Candidate | Screened:
    return screen(wanted, skill=SKILL, budget=BUDGET, refusals=known, context="here")


def test_a_fitting_proposal_becomes_a_candidate() -> None:
    found = screened(proposal(ADD, SWAP))
    assert isinstance(found, Candidate)
    assert found.skill.text == SKILL.text.replace("- two\n", "- two\n- three\n").replace(
        "bare", "short"
    )
    assert found.changed_chars == len("- three\n") + len("bare") + len("short")


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (proposal(), "no_edits"),
        (proposal(Insert(anchor="missing", text="x")), "anchor_missing"),
        (proposal(Insert(anchor="o", text="x")), "anchor_repeated"),
        (proposal(ADD, SWAP, Delete(anchor="intro")), "too_many_edits"),
        (proposal(Replace(anchor="bare", text="w " * 40)), "too_much_changed"),
        (proposal(Insert(anchor="bare", text="long" * 60)), "skill_too_large"),
    ],
)
def test_what_does_not_fit_says_why(wanted: Proposal, code: str) -> None:
    found = screened(wanted)
    assert isinstance(found, Screened)
    assert (found.stage, found.code) == (Stage.FIT, code)
    assert found.reason


def test_known_refusals_cost_nothing_whatever_their_order_and_spacing() -> None:
    spaced = Replace(anchor="bare", text=" short ")
    found = screened(proposal(spaced, ADD, idea="other words"), refusal(proposal(ADD, SWAP)))
    assert isinstance(found, Screened)
    assert (found.stage, found.code, found.known) == (Stage.SCREEN, "known", "r1")


@pytest.mark.parametrize(
    "changes",
    [{"context": "elsewhere"}, {"outcome": "inconclusive"}, {"stage": Stage.FIT}],
    ids=["stale", "inconclusive", "never at the gate"],
)
def test_other_entries_do_not_block(changes: dict[str, object]) -> None:
    assert isinstance(screened(proposal(ADD), refusal(proposal(ADD), **changes)), Candidate)


def test_an_edit_that_differs_in_a_word_is_not_the_same() -> None:
    other = Insert(anchor="- two\n", text="- four\n")
    assert isinstance(screened(proposal(other), refusal(proposal(ADD))), Candidate)


def test_sections_are_named_by_their_headings() -> None:
    assert sections_touched(SKILL, proposal(ADD, SWAP)) == ("Top > Rules", "Top > Form")


def test_the_digest_tells_ideas_and_edits_and_nothing_of_the_gate() -> None:
    known = refusal(proposal(ADD), reason="p = 0.4242 on 78 tasks, gain 0.0137")
    text = refused_digest([known], accepted=["first"], criteria=["right"], context="here")
    assert "accepted: first" in text
    assert "an idea" in text
    assert "- three" in text
    assert "0.4242" not in text
    assert "0.0137" not in text


def test_the_digest_stays_small_whatever_the_ledgers_age() -> None:
    many = [refusal(proposal(ADD, idea=f"idea {number} " * 20)) for number in range(500)]
    text = refused_digest(many, accepted=[], criteria=[], context="here")
    assert len(text) <= LARGEST_DIGEST
    assert "idea 499" in text
    assert "older or less relevant refusals" in text


def test_relevant_and_current_refusals_lead() -> None:
    stale = refusal(proposal(ADD, idea="stale one"), context="elsewhere")
    current = refusal(proposal(SWAP, idea="current one"))
    text = refused_digest([current, stale], accepted=[], criteria=["right"], context="here")
    assert text.index("current one") < text.index("stale one")
    assert "stale: another target" in text
