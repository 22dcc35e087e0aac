"""The search so far follows from the rounds."""

from __future__ import annotations

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate import Outcome, Standing, Verdict
from skillopt.core.gate.drift_result import Drift
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


def on(parent: str, round_: Round) -> Round:
    """The round, with another incumbent."""
    return round_.model_copy(update={"parent": parent})


def taken(number: int, version: str, *, back_to: str | None = "none") -> Round:
    """An accepted round; with a check of the head unless ``back_to`` is "none"."""
    accepted = AcceptedRound(verdict=verdict(Outcome.ACCEPTED, float(number)), candidate=version)
    drift = Drift(held="a", since=0.0, total=0.0, tasks=1, back_to=back_to)
    return round_of(number, accepted).model_copy(
        update={"drift": None if back_to == "none" else drift}
    )


def test_a_head_that_does_not_hold_gives_way_to_the_first_version_as_it_was_left() -> None:
    search = resumed(FIRST, [AT_GATE, taken(3, "b"), on("b", taken(4, "c", back_to="a"))])
    assert (search.incumbent, search.book["t"].total) == ("a", 1.5)
    assert [(step.version, step.left) for step in search.line] == [("b", True), ("c", True)]
    assert (search.unchecked, search.last_held, search.past) == (0, "a", (False, True, True))
    assert search.contests == 2, "the one it was rejected in and the one it lost"


def test_a_head_that_holds_is_what_a_later_one_goes_back_to() -> None:
    rounds = [
        taken(1, "b"),
        on("b", taken(2, "c", back_to=None)),
        on("c", AT_GATE),
        on("c", taken(4, "d")),
        on("d", taken(5, "e")),
    ]
    search = resumed(FIRST, rounds)
    assert (search.last_held, search.unchecked) == ("c", 2)
    back = after(search, on("e", taken(6, "f", back_to="c")))
    assert (back.incumbent, back.book["t"].total, back.contests) == ("c", 1.5, 2)
    assert [step.left for step in back.line] == [False, False, True, True, True]
    assert back.marks == ("a", "c")
    first = after(search, on("e", taken(6, "f", back_to="a")))
    assert (first.incumbent, first.marks) == ("a", ("a",))
    assert all(step.left for step in first.line)


def test_trial_numbers_of_a_version_that_is_come_back_to_are_new() -> None:
    before = resumed(FIRST, [AT_GATE])
    used = before.next_trial
    back = resumed(FIRST, [AT_GATE, taken(3, "b", back_to="a")])
    assert back.next_trial > used
