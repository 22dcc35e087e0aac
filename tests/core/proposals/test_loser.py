"""What the ledger keeps of a proposal that lost to another one of its round."""

from __future__ import annotations

import pytest

from skillopt.core.proposals.loser import Loser, loser_of, race_lost, same_as_another
from skillopt.core.proposals.refusal import Stage
from skillopt.core.proposals.screen import Screened
from skillopt.core.proposals.train_race import LossCode, Place, Result
from skillopt.core.skill.changes import changes_of
from tests.engine.setups import NOTHING, proposal_of
from tests.scripted import SKILL


def result(lost: LossCode) -> Result:
    places = (
        Place(name="a", mean=0.5, tasks=6, lost=lost),
        Place(name="b", mean=0.75, tasks=24),
    )
    return Result(winner="b", places=places)


@pytest.mark.parametrize(
    ("lost", "words"),
    [("worse", "clearly better"), ("behind", "did better"), ("tie", "as well and was preferred")],
)
def test_a_race_is_lost_with_a_reason_and_both_scores(lost: LossCode, words: str) -> None:
    found = race_lost(result(lost).places[0], result(lost))
    assert (found.stage, found.code) == (Stage.RACE, lost)
    assert words in found.reason
    assert "0.50 on 6 train tasks, against 0.75" in found.reason


def test_a_loser_keeps_what_a_later_proposal_is_compared_with() -> None:
    proposal = proposal_of(NOTHING)
    found = loser_of(SKILL, proposal, same_as_another(), angle="deletion", aims=("t1",))
    assert found.changes == changes_of(SKILL, proposal.edits)
    assert found.sections == ("Which desk > Words",)
    assert [print_.heading for print_ in found.prints] == ["Which desk > Words"]
    assert (found.angle, found.aims, found.candidate, found.tasks) == ("deletion", ("t1",), None, 0)
    assert Loser.model_validate_json(found.model_dump_json()) == found


def test_an_unreadable_reply_is_a_loser_without_a_proposal() -> None:
    bad = Screened(stage=Stage.REPLY, code="bad_reply", reason="no JSON")
    found = loser_of(SKILL, None, bad, angle=None)
    assert (found.proposal, found.stage, found.changes) == (None, Stage.REPLY, ())
