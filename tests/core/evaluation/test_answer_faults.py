"""Answers that were empty, cut, refused or only reasoning are counted, with the likely cause."""

from __future__ import annotations

from typing import Any

import pytest

from skillopt.core.endings import Ending
from skillopt.core.evaluation.answer_faults import (
    AnswerFault,
    AnswerFaults,
    answer_fault,
    counted,
    sum_of,
)
from skillopt.core.evaluation.rollout import Graded, Missing, RolloutKey, Usage

KEY = RolloutKey(skill="s", task="t", target="m", trial=0)


def graded(answer: str, **more: Any) -> Graded:
    fields = {"score": 0.0, "results": (), "usage": Usage(calls=1), "seconds": 0.0, **more}
    return Graded(key=KEY, task_id="t", answer=answer, **fields)


def missing(ending: Ending | None) -> Missing:
    return Missing(
        key=KEY, task_id="t", reason="none", usage=Usage(calls=1), seconds=0.0, ending=ending
    )


@pytest.mark.parametrize(
    ("rollout", "fault"),
    [
        (graded("two"), None),
        (graded("two", reasoning="hm"), None),
        (graded(" \n"), AnswerFault.EMPTY),
        (graded("", reasoning="two"), AnswerFault.ONLY_REASONING),
        (graded("tw", ending=Ending.CUT), AnswerFault.CUT),
        (graded("", ending=Ending.CUT, reasoning="hm"), AnswerFault.CUT),
        (graded("", ending=Ending.TOOL_CALLS), AnswerFault.TOOL_CALLS),
        (graded("", target_error="it crashed"), None),
        (missing(None), None),
        (missing(Ending.FAILED), None),
        (missing(Ending.FILTERED), AnswerFault.REFUSED),
        (missing(Ending.REFUSED), AnswerFault.REFUSED),
    ],
)
def test_each_answer_has_one_fault_at_most(
    rollout: Graded | Missing, fault: AnswerFault | None
) -> None:
    assert answer_fault(rollout) is fault


def test_each_kind_has_a_count_and_a_sentence() -> None:
    assert set(AnswerFaults.model_fields) == {kind.value for kind in AnswerFault}
    one_each = counted(AnswerFault)
    assert one_each.total == len(one_each.lines) == len(AnswerFault)
    assert all(line.startswith("1 answer ") for line in one_each.lines)
    many = sum_of([one_each, counted([AnswerFault.EMPTY, None])])
    assert many.lines[0].startswith("2 answers were empty: ")
    assert AnswerFaults().lines == ()
