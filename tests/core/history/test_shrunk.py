"""Rounds that shorten the skill between others: what the search goes by, and what is left."""

from __future__ import annotations

import pytest

from skillopt.core.gate import GateTask, Outcome, Standing
from skillopt.core.gate.contest import PairedTask
from skillopt.core.history.run import AcceptedRound, RefusedRound, Round
from skillopt.core.history.search import Held, Search, after, resumed, stop_reason
from skillopt.core.history.shrunk import Shrunk, candidates_book, is_due, margin_left
from skillopt.core.loop_settings import LoopSettings
from skillopt.core.proposals.refusal import Stage
from tests.core.history.test_search import AT_GATE, FIRST, UNFIT, round_of, verdict

TASKS = tuple(GateTask(id=f"t{number}") for number in range(60))
EVERY_THIRD = LoopSettings(shrink_every=3)


def shorter(number: int, version: str, *, gain: float = 0.0, against: str = "a") -> Round:
    pair = PairedTask(task="t", incumbent=1.0, candidate=1.0, candidate_runs=2, incumbent_runs=1)
    found = verdict(Outcome.ACCEPTED, 1.0).model_copy(update={"gain": gain, "pairs": (pair,)})
    decided = round_of(number, AcceptedRound(verdict=found, candidate=version))
    return decided.model_copy(update={"against": against})


def missed(number: int, *, against: str = "a") -> Round:
    decision = RefusedRound(
        stage=Stage.GATE, code="margin", reason="no", verdict=verdict(Outcome.REJECTED, 1.5)
    )
    return round_of(number, decision).model_copy(update={"against": against})


def gained(number: int, version: str) -> Round:
    return round_of(
        number, AcceptedRound(verdict=verdict(Outcome.ACCEPTED, 2.0), candidate=version)
    )


def test_a_shorter_version_is_the_incumbent_with_its_own_runs_and_the_anchor_is_kept() -> None:
    search = resumed(FIRST, [shorter(1, "b"), shorter(2, "c", gain=-0.02)])
    assert (search.incumbent, search.book) == ("c", {"t": Standing(total=2, runs=2, passed=2)})
    assert search.shrunk == Shrunk(rounds=(1, 2), anchor="a", lost=2.0)
    assert search.shelf["a"] == Held(verdict(Outcome.ACCEPTED, 1.0).book, 2)
    assert search.marks == ("a",)
    assert [(step.version, step.parent) for step in search.line] == [("b", "a"), ("c", "b")]


def test_a_refused_one_keeps_the_runs_that_its_rival_was_given() -> None:
    search = after(FIRST, missed(1))
    assert search.incumbent == "a"
    assert search.book == verdict(Outcome.REJECTED, 1.5).book
    assert search.next_trial > search.trial_of_round - 1
    later = resumed(FIRST, [shorter(1, "b"), missed(2)])
    assert later.book == after(FIRST, shorter(1, "b")).book
    assert later.shelf["a"].book == verdict(Outcome.REJECTED, 1.5).book


def test_such_rounds_cost_no_patience_and_teach_nothing_of_gains() -> None:
    unfit = UNFIT.model_copy(update={"number": 4, "against": "a"})
    first = AT_GATE.model_copy(update={"number": 1})
    rounds = [first, missed(2), missed(3), unfit]
    search = resumed(FIRST, rounds)
    assert search.learning == (False,)
    assert search.stalled == 1
    alone = after(FIRST, first)
    assert (search.memory, search.near_misses, search.silent) == (
        alone.memory,
        alone.near_misses,
        alone.silent,
    )
    assert stop_reason(search, LoopSettings(rounds=9, patience=2)) is None
    assert stop_reason(search, LoopSettings(rounds=4, patience=2)) == "rounds"


def test_what_a_stretch_lost_is_taken_off_the_margin_of_the_next() -> None:
    one = resumed(FIRST, [shorter(1, "b", gain=-0.01), shorter(2, "c", gain=-0.04)])
    assert margin_left(EVERY_THIRD, one.shrunk, tasks=TASKS) == 5
    two = after(one, gained(3, "d").model_copy(update={"parent": "c"}))
    assert two.shrunk == Shrunk(rounds=(1, 2), conceded=4.0)
    assert two.learning == (True,)
    assert margin_left(LoopSettings(shrink_margin=9), two.shrunk, tasks=TASKS) == 5
    assert margin_left(EVERY_THIRD, two.shrunk, tasks=TASKS) is None
    won = after(two, shorter(4, "e", gain=0.2, against="d"))
    assert won.shrunk.lost == 0


@pytest.mark.parametrize(("tasks", "left"), [(44, None), (45, 5.0)])
def test_no_round_where_equal_scores_could_not_show_it(tasks: int, left: float | None) -> None:
    """As many as docs/gate.md says for 5 points."""
    assert margin_left(EVERY_THIRD, Shrunk(), tasks=TASKS[:tasks]) == left
    clustered = [task.model_copy(update={"cluster": "one"}) for task in TASKS]
    assert margin_left(EVERY_THIRD, Shrunk(), tasks=clustered) is None
    assert margin_left(EVERY_THIRD, Shrunk(), tasks=()) is None


def test_it_is_every_so_manyth_round_and_those_after_silence() -> None:
    due = [number for number in range(1, 10) if is_due(EVERY_THIRD, number=number, silent=0)]
    assert due == [3, 6, 9]
    assert is_due(EVERY_THIRD, number=4, silent=1)
    assert not is_due(LoopSettings(), number=3, silent=1)


def test_a_task_without_a_run_keeps_the_record_it_was_compared_with() -> None:
    pairs = (
        PairedTask(task="t", incumbent=1.0, candidate=None, candidate_runs=0, incumbent_runs=1),
        PairedTask(task="u", incumbent=1.0, candidate=0.5, candidate_runs=2, incumbent_runs=1),
    )
    found = verdict(Outcome.ACCEPTED, 2.0).model_copy(update={"pairs": pairs})
    assert candidates_book(found) == {
        "t": Standing(total=2, runs=2),
        "u": Standing(total=1, runs=2, failed=2),
    }


def test_a_gain_after_shortening_is_one_over_the_shorter_version() -> None:
    learned = gained(2, "d").model_copy(update={"parent": "b"})
    search: Search = resumed(FIRST, [shorter(1, "b"), learned])
    assert search.line[-1].parent == "b"
    assert set(search.shelf) == {"a", "b"}
    assert search.shrunk.anchor is None
