"""What a decision makes of the round that waited."""

from __future__ import annotations

from datetime import UTC, datetime

from skillopt.core.gate.contest import Outcome
from skillopt.core.history.recall import entry_keys, refusals_of
from skillopt.core.history.run import AcceptedRound, RefusedRound
from skillopt.core.history.search import Search, after, stop_reason
from skillopt.core.history.waiting import Waiting, decided, is_edited, is_own_version
from skillopt.core.loop_settings import LoopSettings
from skillopt.core.proposals.refusal import Stage
from tests.adapters.ledger.samples import SKILL, a_decision, a_round, an_edit

ROUND, CANDIDATE = a_round(1, outcome=Outcome.ACCEPTED)
WAITING = Waiting(round=ROUND, skill="triage", since=datetime(2026, 1, 2, tzinfo=UTC))
REFUSAL = a_decision(ROUND, kind="refused", reason="too long")


def test_an_approval_leaves_the_round_as_it_was_and_says_who() -> None:
    ended = decided(WAITING, a_decision(ROUND))
    assert isinstance(ended.decision, AcceptedRound)
    assert ended.approval == a_decision(ROUND).approval
    assert ended.model_copy(update={"approval": None}) == ROUND
    assert not is_edited(ended)
    assert not is_own_version(ended)


def test_a_refusal_is_a_rejection_that_keeps_the_gates_verdict() -> None:
    ended = decided(WAITING, REFUSAL)
    assert isinstance(ended.decision, RefusedRound)
    assert (ended.decision.stage, ended.decision.outcome) == (Stage.APPROVAL, "rejected")
    assert ended.decision.reason == "a person refused it: too long"
    assert ended.decision.verdict == WAITING.verdict
    (refusal,) = refusals_of(ended, skill_id="./a", skill_name="a")
    assert refusal.blocks
    assert refusal.harmful  # it goes on to hold where the skill has moved
    assert entry_keys(refusal)


def test_an_edit_has_the_next_round_whatever_the_limits() -> None:
    edit, _ = an_edit(ROUND, SKILL)
    ended = decided(WAITING, edit)
    assert is_edited(ended)
    first = Search(incumbent=SKILL.digest, book={})
    settings = LoopSettings(rounds=1, patience=1)
    assert stop_reason(after(first, ended), settings) is None
    refused = after(first, decided(WAITING, REFUSAL))
    assert stop_reason(refused, settings) == "rounds"
    assert (refused.incumbent, refused.book) == (SKILL.digest, {}), "the incumbent stays"
    assert refused.contests == 1, "and its next runs are fresh"
    own = a_round(2)[0].model_copy(update={"approval": edit.approval})
    assert is_own_version(own)
    assert not after(after(first, ended), own).edited
