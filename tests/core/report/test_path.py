"""The score by round."""

from __future__ import annotations

import pytest

from skillopt.core.gate.contest import Outcome
from skillopt.core.report.path import outcome_of, score_path, stage_of
from tests.core.report.records import FIRST, made_by, record, round_, verdict


def test_an_acceptance_moves_the_line_and_a_refusal_does_not() -> None:
    second = made_by(FIRST)
    rounds = [
        round_(1, FIRST, verdict([0, 1], [0, 0])),
        round_(2, FIRST, verdict([0, 1], [1, 1], outcome=Outcome.ACCEPTED), candidate=second),
        round_(3, second, None),
    ]
    steps = [*score_path(record(), rounds)]
    assert [step.after for step in steps] == pytest.approx([0.5, 1.0, 1.0])
    assert [step.score for step in steps] == [0.0, 1.0, None]
    assert [step.outcome for step in steps] == ["rejected", "accepted", "rejected"]
    assert steps[2].said == "refused by the screen"


def test_a_round_on_another_branch_starts_from_that_version() -> None:
    second = made_by(FIRST)
    rounds = [
        round_(1, FIRST, verdict([0, 1], [1, 1], outcome=Outcome.ACCEPTED), candidate=second),
        round_(2, FIRST, verdict([0, 1], [0, 1])),
    ]
    assert [step.before for step in score_path(record(), rounds)] == [0.5, 0.5]


def test_without_a_baseline_the_first_contest_says_where_it_starts() -> None:
    rounds = [round_(1, FIRST, verdict([1, 1, 0, 0], [1, 1, 0, 0]))]
    [step] = score_path(record(baseline=None), rounds)
    assert step.before == 0.5


def test_inconclusive_is_neither() -> None:
    found = round_(1, FIRST, verdict([0], [None], outcome=Outcome.INCONCLUSIVE))
    assert (outcome_of(found), stage_of(found)) == ("inconclusive", "gate")
