"""Continuing a near miss where the screen has left nothing new."""

from __future__ import annotations

import pytest

from skillopt.core.gate import GatePolicy
from skillopt.core.history.near_miss import NearMiss
from skillopt.core.history.search import Search
from skillopt.core.loop_settings import Conditioning
from skillopt.core.proposals.proposal import Candidate, Proposal, parse_draft
from skillopt.core.proposals.refusal import Stage
from skillopt.core.proposals.screen import Screened
from skillopt.core.skill.edit_budget import EditBudget
from skillopt.engine.steps.continue_near_miss import or_near_miss
from skillopt.engine.steps.screen_proposal import Screening, as_screened
from skillopt.engine.steps.select_candidate import Selection
from tests.core.gate.contests import contest
from tests.engine.setups import bench
from tests.scripted import SKILL, draft, insert

WIDE = EditBudget(max_edits=4, max_changed_chars=1000, max_skill_chars=10_000)
NARROW = WIDE.model_copy(update={"max_changed_chars": 3})
NEAR = NearMiss(
    id="entry",
    number=1,
    proposal=Proposal(
        parent=SKILL.digest, draft=parse_draft(draft(insert("- lawn: garden\n"), idea="the garden"))
    ),
    gain=0.1,
    passes=2,
    retests=("before",),
)
BOOK = contest({"t": 1.0}).book


def refused(code: str = "no_edits") -> Selection:
    screened = Screened(stage=Stage.FIT, code=code, reason="no")
    return Selection(Screening(None, False, None, screened))


async def selected(
    selection: Selection,
    *,
    on: bool = True,
    no_worse_than: float | None = None,
    budget: EditBudget = WIDE,
    parent: str = SKILL.digest,
) -> Selection:
    made = await bench(
        deterministic=False,
        gate=GatePolicy(kind="race", no_worse_than=no_worse_than),
        conditioning=Conditioning(near_misses=on),
    )
    proposal = NEAR.proposal.model_copy(update={"parent": parent})
    near = NEAR.model_copy(update={"proposal": proposal})
    search = Search(incumbent=SKILL.digest, book=BOOK, near_misses=(near,))
    return or_near_miss(made.context, search, selection, incumbent=SKILL, budget=budget)


@pytest.mark.parametrize("code", ["no_edits", "known", "alike", "repeated"])
async def test_a_near_miss_stands_in_for_nothing_new(code: str) -> None:
    found = await selected(refused(code))
    assert found.continues is not None
    assert found.continues.id == "entry"
    assert isinstance(found.chosen.result, Candidate)
    assert "lawn" in found.chosen.result.skill.text
    assert found.chosen.result.retests == ("before",)
    assert found.chosen.first_try is not None
    assert found.chosen.first_try.code == code


@pytest.mark.parametrize("code", ["leak", "bad_reply", "too_many_edits", "collapsed"])
async def test_a_proposal_that_failed_otherwise_is_left_as_it_is(code: str) -> None:
    assert await selected(refused(code)) == refused(code)


async def test_a_candidate_goes_first() -> None:
    again = (await selected(refused())).chosen.result
    assert isinstance(again, Candidate)
    chosen = Selection(as_screened(again))
    assert await selected(chosen) == chosen


async def test_one_of_another_version_or_too_large_by_now_is_left() -> None:
    assert await selected(refused(), parent="another") == refused()
    assert await selected(refused(), budget=NARROW) == refused()


async def test_the_setting_decides() -> None:
    assert await selected(refused(), on=False) == refused()


async def test_where_no_gain_is_asked_for_none_is_continued() -> None:
    assert await selected(refused(), no_worse_than=5.0) == refused()
