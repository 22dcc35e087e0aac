"""Protected tasks: who may be one, and when it vetoes."""

from __future__ import annotations

import pytest

from skillopt.core.gate import GateTask, Outcome, Standing, Wanted, unreliable
from skillopt.core.gate.sentinels import Reliability, reliability
from skillopt.core.history.search import TRIALS_PER_CONTEST
from tests.core.gate.contests import Scores, contest, play

FIRST = {"guard": 1.0, **{f"t{at}": 0.0 for at in range(30)}}
TASKS = tuple(GateTask(id=name, protected=name == "guard") for name in FIRST)


@pytest.mark.parametrize(
    ("passed", "failed", "expected"),
    [
        (1, 0, "unknown"),
        (4, 0, "unknown"),
        (5, 0, "reliable"),
        (4, 1, "unknown"),
        (9, 1, "reliable"),
        (8, 2, "unreliable"),
        (3, 2, "unreliable"),
        (18, 2, "reliable"),
        (17, 3, "unreliable"),
    ],
)
def test_five_of_five_or_nine_of_ten(passed: int, failed: int, expected: Reliability) -> None:
    assert reliability(passed, failed) == expected


def scores_of(
    candidate: dict[int, float | None], incumbent: float = 1.0
) -> tuple[list[Wanted], Scores]:
    seen: list[Wanted] = []

    def scores(want: Wanted) -> float | None:
        seen.append(want)
        if want.task != "guard":
            return float(want.arm == "candidate")
        return incumbent if want.arm == "incumbent" else candidate.get(want.trial, 1.0)

    return seen, scores


def test_a_confirmed_failure_vetoes_before_anything_else_is_paid() -> None:
    seen, scores = scores_of({0: 0.0, 1: 0.0})
    verdict, _, _ = play(contest(FIRST, tasks=TASKS), scores)
    assert (verdict.outcome, verdict.code) == (Outcome.REJECTED, "sentinel")
    assert "'guard'" in verdict.reason
    assert {want.task for want in seen} == {"guard"}
    assert len(seen) == 4 + 3


def test_one_unlucky_run_does_not_veto() -> None:
    _, scores = scores_of({0: 0.0})
    verdict, _, _ = play(contest(FIRST, tasks=TASKS), scores)
    assert verdict.outcome is Outcome.ACCEPTED


def test_a_deterministic_sentinel_needs_no_confirmation() -> None:
    seen, scores = scores_of({0: 0.0})
    contested = contest(FIRST, tasks=TASKS, deterministic=True)
    verdict, _, _ = play(contested, scores)
    assert verdict.code == "sentinel"
    assert len(seen) == 1


def test_a_task_the_incumbent_does_not_pass_reliably_is_no_sentinel_and_the_user_is_told() -> None:
    _, scores = scores_of({0: 0.0, 1: 0.0, 2: 0.0}, incumbent=0.0)
    verdict, _, _ = play(contest(FIRST, tasks=TASKS), scores)
    assert verdict.outcome is Outcome.ACCEPTED
    assert verdict.notes == (
        "task 'guard' cannot be protected: the incumbent does not pass it reliably",
    )
    assert unreliable(TASKS, verdict.book) == ("guard",)


def test_a_sentinel_whose_runs_cannot_be_had_guards_nothing_this_time() -> None:
    def scores(want: Wanted) -> float | None:
        if want.task == "guard" and want.arm == "incumbent":
            return None
        return float(want.arm == "candidate" and want.task != "guard")

    verdict, outcomes, _ = play(contest(FIRST, tasks=TASKS), scores)
    assert verdict.outcome is Outcome.ACCEPTED
    assert verdict.notes == ("task 'guard' is not protected this time: its runs have no result",)
    assert len([want for want in outcomes if want == Wanted("incumbent", "guard", 16)]) == 1


def test_the_record_of_a_sentinel_is_paid_once() -> None:
    seen, scores = scores_of({})
    verdict, _, _ = play(contest(FIRST, tasks=TASKS), scores)
    assert verdict.book["guard"].passed == 1 + 4 + 2
    seen.clear()
    second = contest(FIRST, tasks=TASKS).model_copy(update={"book": verdict.book})
    play(second, scores)
    again = [want for want in seen if want.task == "guard" and want.arm == "incumbent"]
    assert len(again) <= 1, "the race's own fresh run at most"


def test_fresh_runs_fit_in_the_trials_set_aside_for_a_contest() -> None:
    def scores(want: Wanted) -> float | None:
        if want.task == "guard" and want.arm == "incumbent":
            return float(want.trial != 19)
        return float(want.arm == "candidate")

    book = {"guard": Standing(total=1, runs=1, passed=1)}
    contested = contest(FIRST, tasks=TASKS, kind="exact", passes=6)
    contested = contested.model_copy(update={"book": {**contested.book, **book}})
    _, outcomes, _ = play(contested, scores)
    trials = [want.trial for want in outcomes if want.arm == "incumbent"]
    assert max(trials) - 16 < TRIALS_PER_CONTEST
    assert len(set(outcomes)) == len(outcomes)
