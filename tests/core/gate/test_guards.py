"""Guards: what a better score may not cost."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.evaluation.rollout import Graded, RolloutKey, Usage
from skillopt.core.gate import Contest, GatePolicy, GateTask, Outcome, Verdict, Wanted, advance
from skillopt.core.gate.decide import open_book
from skillopt.core.gate.guards import (
    Margins,
    Pair,
    exceeded,
    length_of,
    measured,
    told,
    too_long,
    unmeasured,
    vetoed,
    vetoed_unrun,
)


def run(task: str, *, cost: float | None = 0.01, seconds: float = 1.0, trial: int = 0) -> Graded:
    return Graded(
        key=RolloutKey(skill="s", task=task, target="t", trial=trial),
        task_id=task,
        answer="",
        score=1.0,
        results=(),
        usage=Usage(calls=1, cost=cost),
        seconds=seconds,
    )


def pairs(first: list[float], candidate: list[float]) -> tuple[Pair, ...]:
    both = zip(first, candidate, strict=True)
    return tuple(Pair(f"u{at}", old, new) for at, (old, new) in enumerate(both))


def reason(margin: float | None, made: tuple[Pair, ...]) -> str | None:
    return exceeded(told("cost", made, Margins(cost=margin)), made)


def test_no_guard_is_on_by_itself() -> None:
    made = pairs([1.0, 1.0, 1.0], [9.0, 9.0, 9.0])
    assert reason(None, made) is None
    assert too_long(length_of("a", "a" * 10_000, Margins())) is None
    assert unmeasured(Margins(), ()) is None


@pytest.mark.parametrize(("more", "vetoes"), [(0, False), (100, False), (101, True)])
def test_the_length_may_grow_by_the_margin_and_no_further(more: int, *, vetoes: bool) -> None:
    found = too_long(length_of("x" * 50, "x" * (50 + more), Margins(skill_chars=100)))
    assert (found is not None) is vetoes
    assert found is None or "guard_skill_chars allows 100" in found


def test_a_shorter_skill_always_passes_the_length_guard() -> None:
    assert too_long(length_of("x" * 50, "x", Margins(skill_chars=0))) is None


def test_a_cost_that_rises_as_much_as_allowed_on_every_task_passes() -> None:
    first = [0.010, 0.020, 0.015, 0.030]
    assert reason(0.1, pairs(first, [1.1 * cost - 1e-12 for cost in first])) is None
    found = reason(0.1, pairs(first, [1.2 * cost for cost in first]))
    assert found is not None
    assert "guard_cost" in found
    assert "10%" in found


def test_what_cannot_be_ruled_out_is_a_veto() -> None:
    first, wild = [1.0, 1.0, 1.0, 1.0], [0.2, 0.2, 3.0, 0.2]
    assert np.mean(wild) < 1.1
    assert reason(0.1, pairs(first, wild)) is not None


def test_free_calls_pass_and_a_price_out_of_nothing_does_not() -> None:
    assert reason(0.0, pairs([0.0, 0.0], [0.0, 0.0])) is None
    assert reason(0.5, pairs([0.0, 0.0], [0.01, 0.01])) is not None


def test_kin_count_as_one() -> None:
    """Ten tasks of two clusters have two units: their spread cannot be hidden among kin."""
    first, candidate = [1.0] * 10, [0.4] * 5 + [1.6] * 5
    alone = pairs(first, candidate)
    kin = tuple(pair._replace(unit=f"c{at // 5}") for at, pair in enumerate(alone))
    assert reason(0.6, alone) is None
    assert reason(0.6, kin) is not None


def test_the_bound_holds_its_level() -> None:
    """A candidate exactly at the margin passes one time in 20: 2 000 worlds, ± 5 sigma."""
    draw = np.random.default_rng(11)
    passed = 0
    for _ in range(2_000):
        first = draw.normal(1.0, 0.05, 30)
        candidate = 1.1 * first + draw.normal(0.0, 0.2, 30)
        passed += reason(0.1, pairs(list(first), list(candidate))) is None
    assert 0.05 - 5 * math.sqrt(0.05 * 0.95 / 2_000) < passed / 2_000
    assert passed / 2_000 < 0.05 + 5 * math.sqrt(0.05 * 0.95 / 2_000)


@given(
    st.lists(st.tuples(st.floats(0.001, 10), st.floats(0.001, 10)), min_size=2, max_size=12),
    st.floats(0, 3),
    st.floats(0, 3),
)
def test_a_wider_margin_never_vetoes_more(
    taken: list[tuple[float, float]], one: float, other: float
) -> None:
    """A law for tasks that took alike before; where they differ wildly the spread grows too."""
    made = pairs([1.0 for _, _ in taken], [new for _, new in taken])
    narrow, wide = sorted((one, other))
    if reason(narrow, made) is None:
        assert reason(wide, made) is None


def test_trials_are_averaged_and_only_common_tasks_count() -> None:
    first = [run("a", cost=0.1, seconds=1), run("b", cost=0.2, seconds=2), run("c")]
    candidate = [run("a", cost=0.1, seconds=3), run("a", cost=0.3, seconds=5, trial=1), run("b")]
    found = measured(first, candidate, units={"a": "a", "b": "b", "c": "c"})
    assert found["latency"] == (Pair("a", 1.0, 4.0), Pair("b", 2.0, 1.0))
    assert [pair.unit for pair in found["cost"]] == ["a", "b"]
    assert found["cost"][0].candidate == pytest.approx(0.2)
    measure = told("latency", found["latency"], Margins())
    assert (measure.first, measure.candidate, measure.tasks) == (1.5, 2.5, 2)


def test_an_unknown_price_is_no_price_and_a_guard_on_it_vetoes() -> None:
    found = measured([run("a", cost=None)], [run("a")], units={"a": "a"})
    assert set(found) == {"latency"}
    assert "guard_cost" in str(unmeasured(Margins(cost=0.1), found))
    assert unmeasured(Margins(latency=0.1), found) is None


def decided() -> tuple[Contest, dict[Wanted, float | None], Verdict]:
    """A clear acceptance of the two-pass gate, with fresh runs of the incumbent."""
    tasks = tuple(GateTask(id=f"t{number}") for number in range(30))
    contest = Contest(
        tasks=tasks,
        book=open_book({task.id: 0.0 for task in tasks}),
        next_trial=16,
        policy=GatePolicy(kind="race"),
        seed=3,
    )
    outcomes: dict[Wanted, float | None] = {}
    while not isinstance(step := advance(contest, outcomes), Verdict):
        outcomes.update({want: float(want.arm == "candidate") for want in step})
    return contest, outcomes, step


def test_a_veto_leaves_the_incumbent_with_the_runs_it_was_given() -> None:
    contest, outcomes, verdict = decided()
    assert verdict.outcome is Outcome.ACCEPTED
    fresh = [want.task for want in outcomes if want.arm == "incumbent"]
    assert fresh
    refused = vetoed(verdict, "too dear", contest=contest, outcomes=outcomes)
    assert (refused.outcome, refused.code, refused.reason) == (
        Outcome.REJECTED,
        "guard",
        "too dear",
    )
    assert refused.shrunk_gain is None
    assert refused.memory.accepted == 0
    assert refused.memory.contests == 1
    for task, standing in refused.book.items():
        assert standing.runs == 1 + fresh.count(task)
        assert standing.total == 0
        assert standing.failed == standing.runs
    assert refused.pairs == verdict.pairs


def test_a_veto_before_any_run_asks_for_none() -> None:
    contest, _, _ = decided()
    refused = vetoed_unrun(contest, "too long")
    assert (refused.rollouts, refused.book) == (0, contest.book)
