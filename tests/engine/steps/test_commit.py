"""A decided round in the ledger, and what the listener hears of it."""

from __future__ import annotations

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.events import RoundDecided
from skillopt.core.history.rounds import decided_round, screen_decision
from skillopt.core.history.run import Round
from skillopt.core.proposals.proposal import Proposal
from skillopt.core.proposals.refusal import Stage
from skillopt.core.proposals.screen import Screened
from skillopt.engine.steps.commit import commit
from tests.engine.setups import NOTHING, RUN, bench, proposal_of, with_text
from tests.scripted import SKILL, insert


def refused(proposal: Proposal | None) -> Round:
    screened = Screened(stage=Stage.FIT, code="no_anchor", reason="edit 1: no such anchor")
    return decided_round(
        RUN,
        1,
        incumbent=SKILL,
        proposal=proposal,
        decision=screen_decision(screened),
        context="the same",
        spent=Usage(),
    )


async def test_the_round_and_the_candidates_text_are_in_the_ledger() -> None:
    made = await bench()
    round_, candidate = refused(proposal_of(NOTHING)), with_text(NOTHING)
    assert await commit(made.context, round_, incumbent=SKILL, candidate=candidate) is round_
    assert await made.ledger.rounds(RUN) == (round_,)
    assert await made.ledger.skill(candidate.digest) == candidate


async def test_twice_changes_nothing() -> None:
    made = await bench()
    for _ in range(2):
        round_ = refused(proposal_of(NOTHING))
        await commit(made.context, round_, incumbent=SKILL, candidate=None)
    assert len(await made.ledger.rounds(RUN)) == 1


async def test_the_event_shows_what_the_proposal_changes_also_where_it_was_screened() -> None:
    for candidate in (with_text(NOTHING), None):
        made = await bench()
        round_ = refused(proposal_of(NOTHING))
        await commit(made.context, round_, incumbent=SKILL, candidate=candidate)
        (event,) = made.seen(RoundDecided)
        assert event.round == round_
        assert "+- nothing: nowhere" in event.diff
        assert not [line for line in event.diff if line.startswith("-") and "---" not in line]


async def test_there_is_no_diff_of_what_does_not_fit_and_of_no_proposal() -> None:
    unfit = proposal_of()
    unfit = unfit.model_copy(
        update={
            "draft": unfit.draft.model_validate(
                {"idea": "x", "edits": [insert("x\n", anchor="no such line")]}
            )
        }
    )
    for proposal in (unfit, None):
        made = await bench()
        await commit(made.context, refused(proposal), incumbent=SKILL, candidate=None)
        assert made.seen(RoundDecided)[0].diff == ()
