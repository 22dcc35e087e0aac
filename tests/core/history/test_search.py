"""The search so far follows from the rounds."""

from __future__ import annotations

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate import Outcome, Standing, Verdict
from skillopt.core.history.run import AcceptedRound, Decision, RefusedRound, Round
from skillopt.core.history.search import Search, after, resumed, stop_reason
from skillopt.core.loop_settings import LoopSettings
from skillopt.core.proposals.proposal import Draft, Proposal
from skillopt.core.proposals.refusal import Stage

FIRST = Search(incumbent="a", book={"t": Standing(total=1, runs=1)})


def verdict(outcome: Outcome, total: float) -> Verdict:
    return Verdict(
        outcome=outcome,
        code="test",
        reason="because",
        gain=0.1,
        p_value=0.01,
        tasks_seen=1,
        rollouts=1,
        pairs=(),
        book={"t": Standing(total=total, runs=2)},
    )


def round_of(number: int, decision: Decision) -> Round:
    return Round(
        id=f"r{number}",
        run="run",
        number=number,
        parent="a",
        critiques=(),
        proposal=Proposal(parent="a", draft=Draft(idea=f"idea {number}", edits=())),
        decision=decision,
        rollouts=(),
        spent=Usage(),
        context="c",
    )


ACCEPTED = round_of(1, AcceptedRound(verdict=verdict(Outcome.ACCEPTED, 2.0), candidate="b"))
AT_GATE = round_of(
    2,
    RefusedRound(
        stage=Stage.GATE, code="futile", reason="no", verdict=verdict(Outcome.REJECTED, 1.5)
    ),
)
UNFIT = round_of(3, RefusedRound(stage=Stage.FIT, code="anchor_missing", reason="no"))


def test_an_acceptance_moves_the_incumbent_and_its_record() -> None:
    search = after(FIRST, ACCEPTED)
    assert search.incumbent == "b"
    assert search.book["t"].total == 2.0
    assert search.past == (True,)
    assert search.ideas == ("idea 1",)
    assert search.contests == 0


def test_a_refusal_at_the_gate_keeps_the_incumbent_and_its_new_runs() -> None:
    search = after(FIRST, AT_GATE)
    assert search.incumbent == "a"
    assert search.book["t"].total == 1.5
    assert search.contests == 1
    assert search.next_trial > FIRST.next_trial


def test_a_refusal_before_the_gate_changes_only_the_count() -> None:
    search = after(FIRST, UNFIT)
    assert search.model_copy(update={"past": ()}) == FIRST
    assert search.stalled == 1


def test_a_resumed_search_is_the_one_that_was_interrupted() -> None:
    step_by_step = after(after(after(FIRST, ACCEPTED), AT_GATE), UNFIT)
    assert resumed(FIRST, [ACCEPTED, AT_GATE, UNFIT]) == step_by_step
    assert step_by_step.stalled == 2


def test_the_loop_stops_after_its_rounds_or_its_patience() -> None:
    settings = LoopSettings(rounds=3, patience=2)
    assert stop_reason(FIRST, settings) is None
    assert stop_reason(resumed(FIRST, [AT_GATE, UNFIT]), settings) == "patience"
    assert stop_reason(resumed(FIRST, [ACCEPTED, AT_GATE]), settings) is None
    assert stop_reason(resumed(FIRST, [ACCEPTED, AT_GATE, ACCEPTED]), settings) == "rounds"


def test_the_loop_stops_when_the_optimizer_is_silent_twice_in_a_row() -> None:
    silent = round_of(4, RefusedRound(stage=Stage.FIT, code="no_edits", reason="no"))
    settings = LoopSettings(rounds=9, patience=9)
    assert stop_reason(resumed(FIRST, [silent, UNFIT, silent]), settings) is None
    assert stop_reason(resumed(FIRST, [silent, silent]), settings) == "nothing left to propose"
