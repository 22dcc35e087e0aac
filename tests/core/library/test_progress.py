"""What the rounds in the ledger say to the rule."""

from __future__ import annotations

import pytest

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate import Outcome
from skillopt.core.history.run import AcceptedRound, Round
from skillopt.core.library.progress import gain_of, skill_record
from tests.core.history.test_search import AT_GATE, UNFIT, round_of, verdict


def accepted(number: int, *, gain: float | None = 0.1, shrunk: float | None = None) -> Round:
    found = verdict(Outcome.ACCEPTED, 2.0).model_copy(update={"gain": gain, "shrunk_gain": shrunk})
    return round_of(number, AcceptedRound(verdict=found, candidate=f"v{number}"))


def after(calls: int, round_: Round) -> Round:
    return round_.model_copy(update={"spent": Usage(calls=calls)})


def test_gains_and_spend_are_read_off_the_rounds() -> None:
    rounds = [after(30, accepted(1)), after(33, UNFIT), after(60, AT_GATE)]
    found = skill_record(
        "s",
        rounds,
        tasks=20,
        score=0.5,
        measured=Usage(calls=20),
        share_of=lambda usage: usage.calls / 100,
    )
    assert found.gains == (0.1, 0.0, 0.0)
    assert found.spent == pytest.approx((0.1, 0.03, 0.27))
    assert found.room == pytest.approx(0.4)
    assert found.is_open


def test_a_baseline_that_was_paid_before_makes_no_round_negative() -> None:
    found = skill_record(
        "s",
        [after(5, UNFIT)],
        tasks=20,
        score=0.5,
        measured=Usage(calls=20),
        share_of=lambda usage: float(usage.calls),
    )
    assert found.spent == (0.0,)


def test_a_gain_counts_as_the_gate_counts_it() -> None:
    assert gain_of(accepted(1, gain=0.3, shrunk=0.2)) == 0.2
    assert gain_of(accepted(1, gain=0.3)) == 0.3
    assert gain_of(accepted(1, gain=-0.1)) == 0
    assert gain_of(accepted(1, gain=None)) == 0
