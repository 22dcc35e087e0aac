"""A ruling as a verdict: a sentence, the numbers behind it, and the record that goes on."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from skillopt.core.gate import Contest, GateTask, Outcome, Standing
from skillopt.core.gate.evidence import Evidence, Ruling
from skillopt.core.gate.verdict import aftermath, reason, worded
from tests.core.gate.contests import contest

FIRST = {f"t{at}": float(at % 2) for at in range(20)}
CONTEST = contest(FIRST, kind="race")


def ruling(code: str, outcome: Outcome = Outcome.REJECTED, **more: Any) -> Ruling:
    fields = {"gain": -0.019, "seen": 20, "passes": 1}
    return Ruling(outcome=outcome, code=code, **{**fields, **more})


def ran(contested: Contest = CONTEST, *rows: list[float]) -> Evidence:
    """Evidence after passes of the candidate; by default one in which it scores full on all."""
    made = Evidence.of(contested)
    for trial, row in enumerate(rows or ([1.0] * 20,)):
        made.trials[trial] = np.array(row)
        made.lost |= np.isnan(made.trials[trial])
        made.asked += len(row)
    return made


ACCEPTED = ruling("test", Outcome.ACCEPTED, gain=0.5, p_value=0.001, bound=0.14)


@pytest.mark.parametrize(
    ("given", "shrunk", "said"),
    [
        (ruling("mean"), None, "-1.9 points on 20 tasks: the mean is not above the incumbent's"),
        (
            ruling("mean", Outcome.ACCEPTED, gain=0.1, seen=1),
            None,
            "+10.0 points on 1 task: the mean is above the incumbent's",
        ),
        (
            ruling("futile", seen=7, bound=0.02),
            None,
            "stopped early after 7 of 20 tasks: -1.9 points, below the +2.0 cut-off",
        ),
        (
            ruling("futile", seen=20, passes=2, bound=0.02),
            None,
            "stopped early after 20 of 20 tasks in pass 2: -1.9 points, below the +2.0 cut-off",
        ),
        (
            ruling("test", p_value=0.8, bound=0.5),
            None,
            "-1.9 points on 20 tasks (p = 0.800, threshold 0.50)",
        ),
        (ACCEPTED, 0.5, "+50.0 points on 20 tasks (p = 0.001, threshold 0.14)"),
        (ACCEPTED, 0.3, "+50.0 points on 20 tasks (p = 0.001, threshold 0.14), counted as +30.0"),
        (ruling("sentinel", culprit=3), None, "protected task 't3' failed twice"),
        (ruling("mean", gain=0.0), None, "0.0 points on 20 tasks: the mean is not above"),
    ],
)
def test_the_reason_is_a_sentence_with_its_numbers(
    given: Ruling, shrunk: float | None, said: str
) -> None:
    assert reason(CONTEST, ran(), given, shrunk=shrunk).startswith(said)


def test_missing_results_are_counted_beside_what_is_allowed() -> None:
    made = ran(CONTEST, [math.nan] * 3 + [1.0] * 17)
    said = reason(CONTEST, made, ruling("missing", Outcome.INCONCLUSIVE), shrunk=None)
    assert said.startswith("3 of 20 tasks have no result, more than the 10% allowed")


def test_a_rejection_leaves_the_incumbents_record_as_it_is() -> None:
    made = ran()
    verdict = worded(CONTEST, made, ruling("test", p_value=0.8, bound=0.5))
    assert verdict.shrunk_gain is None
    for name, score in FIRST.items():
        assert verdict.book[name] == Standing(
            total=score, runs=1, passed=int(score), failed=int(not score)
        )


def test_an_acceptance_hands_the_record_on_to_the_candidate() -> None:
    verdict = worded(CONTEST, ran(), ACCEPTED)
    assert verdict.shrunk_gain is not None
    assert 0 < verdict.shrunk_gain <= 0.5
    assert all(standing.passed >= 1 for standing in verdict.book.values())
    claimed = sum(one.total / one.runs for one in verdict.book.values()) / 20
    assert claimed == pytest.approx(0.5 + verdict.shrunk_gain)


def test_a_strict_acceptance_takes_the_candidates_scores_as_they_are() -> None:
    strict = contest(FIRST, kind="strict")
    made = ran(strict, [math.nan] + [1.0] * 19)
    verdict = worded(strict, made, ruling("mean", Outcome.ACCEPTED, gain=0.5))
    assert verdict.book["t0"].total == 0.0, "what was lost keeps its score"
    assert [verdict.book[name].total for name in FIRST][1:] == [1.0] * 19


def test_the_record_of_tasks_outside_the_contest_goes_on() -> None:
    wider = CONTEST.model_copy(
        update={"book": {**CONTEST.book, "other": Standing(total=1, runs=2)}}
    )
    verdict = worded(wider, ran(wider), ruling("test", p_value=0.8, bound=0.5))
    assert verdict.book["other"] == Standing(total=1, runs=2)


def test_pairs_have_both_means_and_the_runs_they_rest_on() -> None:
    made = ran(CONTEST, [1.0] * 19 + [math.nan], [0.0] * 19 + [math.nan])
    verdict = worded(CONTEST, made, ruling("test", passes=2, p_value=0.8, bound=0.5))
    first, last = verdict.pairs[0], verdict.pairs[-1]
    assert (first.incumbent, first.candidate, first.candidate_runs) == (0.0, 0.5, 2)
    assert (last.candidate, last.candidate_runs) == (None, 0)
    assert verdict.rollouts == 40


def test_notes_name_their_task() -> None:
    tasks = tuple(GateTask(id=name) for name in FIRST)
    made = ran(contest(FIRST, tasks=tasks))
    made.notes[2] = "is no sentinel"
    verdict = worded(CONTEST, made, ruling("mean"))
    assert verdict.notes == ("task 't2' is no sentinel",)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_the_memory_counts_every_contest(outcome: Outcome) -> None:
    made = ran()
    given = ACCEPTED if outcome is Outcome.ACCEPTED else ruling("test", outcome)
    memory = aftermath(made, given, "race").memory
    assert (memory.contests, memory.rollouts) == (1, 20)
    assert memory.accepted == (outcome is Outcome.ACCEPTED)
    assert (memory.scatter, memory.step) == (0.25, 1.0)
