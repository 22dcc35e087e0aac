"""What rounds have shown of single statements."""

from __future__ import annotations

from skillopt.core.gate import Outcome
from skillopt.core.history.rule_record import rule_record
from skillopt.core.history.run import AcceptedRound, RefusedRound, Round
from skillopt.core.proposals.refusal import Stage
from skillopt.core.skill.changes import Change
from tests.core.history.test_search import UNFIT, round_of, verdict


def accepted(number: int, *changes: Change, gain: float) -> Round:
    found = verdict(Outcome.ACCEPTED, 2.0).model_copy(update={"gain": 0.9, "shrunk_gain": gain})
    decided = round_of(number, AcceptedRound(verdict=found, candidate="b"))
    return decided.model_copy(update={"changes": changes})


def refused(number: int, *changes: Change, gain: float | None) -> Round:
    found = verdict(Outcome.REJECTED, 1.5).model_copy(update={"gain": gain})
    decision = RefusedRound(stage=Stage.GATE, code="margin", reason="no", verdict=found)
    return round_of(number, decision).model_copy(update={"changes": changes})


def gone(text: str) -> Change:
    return Change(section="", before=text)


def come(text: str) -> Change:
    return Change(section="", after=text)


def test_what_was_accepted_has_its_gain_and_the_largest_counts() -> None:
    record = rule_record(
        [
            accepted(1, come("a"), come("b"), gain=0.1),
            accepted(2, Change(section="", before="b", after="a"), gain=0.02),
            accepted(3, gone("c"), gain=0.2),
        ]
    )
    assert record.gained == {"a": 0.1, "b": 0.1}
    assert record.lost == {}


def test_a_deletion_that_lost_says_so_of_one_statement_only() -> None:
    record = rule_record(
        [
            refused(1, gone("a"), gain=-0.1),
            refused(2, gone("a"), gain=-0.3),
            refused(3, gone("b"), gone("c"), gain=-0.5),
            refused(4, gone("d"), gain=0.0),
            refused(5, Change(section="", before="e", after="f"), gain=-0.2),
            refused(6, gone("g"), gain=None),
            UNFIT,
        ]
    )
    assert record.lost == {"a": 0.3}
    assert record.gained == {}
