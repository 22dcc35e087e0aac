"""Which rounds are near misses, and which of them may be continued."""

from __future__ import annotations

import pytest

from skillopt.core.gate import Outcome
from skillopt.core.history.near_miss import NearMiss, after_round, near_miss_of, to_continue
from skillopt.core.history.run import RefusedRound, Round
from skillopt.core.history.search import after
from skillopt.core.proposals.refusal import Stage
from tests.core.history.test_search import ACCEPTED, FIRST, UNFIT, round_of, verdict


def refused(number: int, *, outcome: Outcome = Outcome.REJECTED, **more: object) -> Round:
    """A round that ended at the gate; ``more`` are fields of its verdict."""
    found = verdict(outcome, 1.5).model_copy(update={"passes": 2, **more})
    decision = RefusedRound(stage=Stage.GATE, code=found.code, reason="no", verdict=found)
    return round_of(number, decision)


def near(number: int, *, outcome: Outcome = Outcome.REJECTED, **more: object) -> NearMiss:
    found = near_miss_of(refused(number, outcome=outcome, **more))
    assert found is not None
    return found


def test_rejected_while_ahead_and_inconclusive_are_near_misses() -> None:
    assert (near(2).id, near(2).passes, near(2).tests) == ("r2", 2, 1)
    undecided = near(3, outcome=Outcome.INCONCLUSIVE, code="missing", gain=None)
    assert (undecided.passes, undecided.tests) == (0, 0)


@pytest.mark.parametrize(
    "round_",
    [
        ACCEPTED,
        UNFIT,
        refused(2, gain=0.0),
        refused(2, gain=-0.1),
        refused(2, code="futile"),
        refused(2, code="guard"),
        refused(2, code="margin"),
        refused(2).model_copy(update={"continues": "r1"}),
    ],
)
def test_others_are_not(round_: Round) -> None:
    assert near_miss_of(round_) is None


def test_each_is_continued_once() -> None:
    one, two = near(1), near(2)
    again = refused(3).model_copy(update={"continues": "r1"})
    assert after_round((one, two), again) == (two,)


def test_an_acceptance_ends_them() -> None:
    search = after(FIRST, refused(1))
    assert [one.id for one in search.near_misses] == ["r1"]
    assert after(search, ACCEPTED).near_misses == ()


def test_the_largest_gain_comes_first() -> None:
    small, large = near(1, gain=0.1), near(2, gain=0.2)
    found = to_continue((small, large), parent="a", kind="race", steady=False)
    assert found == (large, small)


def test_another_version_or_gate_continues_none() -> None:
    assert to_continue((near(1),), parent="b", kind="race", steady=False) == ()
    assert to_continue((near(1),), parent="a", kind="exact", steady=False) == ()
    assert to_continue((near(1),), parent="a", kind="strict", steady=False) == ()


def test_a_steady_target_has_nothing_to_add_but_what_is_missing() -> None:
    undecided = near(3, outcome=Outcome.INCONCLUSIVE, code="missing", gain=None)
    assert to_continue((near(1), undecided), parent="a", kind="race", steady=True) == (undecided,)
