"""How a reply ended."""

from __future__ import annotations

from skillopt.core.endings import WITHHELD, Ending, fault


def test_every_ending_but_the_complete_one_is_a_fault() -> None:
    clauses = [fault(ending) for ending in Ending if ending is not Ending.COMPLETE]
    assert None not in clauses
    assert len(set(clauses)) == len(clauses)
    assert fault(Ending.COMPLETE) is None


def test_a_cut_answer_is_an_answer_and_a_withheld_one_is_none() -> None:
    assert Ending.CUT not in WITHHELD
    assert {Ending.FILTERED, Ending.REFUSED} < WITHHELD
