"""A decided round, assembled from what was proposed and how it was decided."""

from __future__ import annotations

import pytest

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate.contest import Outcome
from skillopt.core.history.rounds import Evidence, decided_round, gate_decision, screen_decision
from skillopt.core.history.run import AcceptedRound, RefusedRound, Round
from skillopt.core.proposals.proposal import Proposal
from skillopt.core.proposals.refusal import Part, Stage, TrainEffect
from skillopt.core.proposals.screen import Screened
from skillopt.core.skill.changes import section_print
from tests.adapters.ledger.samples import SKILL, a_proposal, a_verdict, made_by

PROPOSAL = a_proposal()
CANDIDATE = made_by(PROPOSAL)
SCREENED = Screened(stage=Stage.SCREEN, code="known", reason="refused before", known="r7")


def decided(proposal: Proposal | None = PROPOSAL, evidence: Evidence | None = None) -> Round:
    return decided_round(
        "run-1",
        3,
        incumbent=SKILL,
        proposal=proposal,
        decision=gate_decision(a_verdict(), CANDIDATE),
        context="the same",
        spent=Usage(calls=9),
        evidence=evidence,
    )


def test_an_acceptance_names_the_new_version() -> None:
    verdict = a_verdict(Outcome.ACCEPTED)
    assert gate_decision(verdict, CANDIDATE) == AcceptedRound(
        verdict=verdict, candidate=CANDIDATE.digest
    )


@pytest.mark.parametrize("outcome", [Outcome.REJECTED, Outcome.INCONCLUSIVE])
def test_another_verdict_is_a_refusal_at_the_gate(outcome: Outcome) -> None:
    verdict = a_verdict(outcome)
    assert gate_decision(verdict, CANDIDATE) == RefusedRound(
        stage=Stage.GATE,
        code=verdict.code,
        reason=verdict.reason,
        verdict=verdict,
        candidate=CANDIDATE.digest,
    )


def test_the_screens_word_has_no_verdict_and_no_candidate() -> None:
    assert screen_decision(SCREENED) == RefusedRound(
        stage=Stage.SCREEN, code="known", reason="refused before", known="r7"
    )


def test_a_round_says_where_and_what_its_edits_change() -> None:
    round_ = decided()
    assert (round_.parent, round_.number, round_.run) == (SKILL.digest, 3, "run-1")
    assert round_.sections == ("Triage > Rules",)
    assert round_.prints == (section_print(SKILL, "Triage > Rules"),)
    assert [change.after for change in round_.changes] == ["Mind the refunds."]
    assert round_.spent == Usage(calls=9)


def test_a_round_without_edits_changes_nothing() -> None:
    round_ = decided(None)
    assert (round_.proposal, round_.sections, round_.changes, round_.prints) == (None, (), (), ())


def test_its_id_follows_from_run_and_number() -> None:
    assert decided().id == decided(None).id
    assert len(decided().id) == 12
    other = decided_round(
        "run-1",
        4,
        incumbent=SKILL,
        proposal=None,
        decision=screen_decision(SCREENED),
        context="the same",
        spent=Usage(),
    )
    assert other.id != decided().id


def test_what_it_rests_on_is_kept() -> None:
    evidence = Evidence(
        rollouts=("a" * 64,),
        aims=("t-1",),
        train=TrainEffect(mended=("t-1",)),
        parts=(Part(edit=0, outcome="rejected"),),
    )
    round_ = decided(evidence=evidence)
    assert (round_.rollouts, round_.aims) == (evidence.rollouts, evidence.aims)
    assert (round_.train, round_.parts) == (evidence.train, evidence.parts)
