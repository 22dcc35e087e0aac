"""The front of score, cost and length, and which version to prefer."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.gate import GateTask, Measure, Outcome, PairedTask
from skillopt.core.history.front import TIE_ALPHA, front_of, preferred_version
from skillopt.core.history.preferred import TIE_POINTS, Preferred
from skillopt.core.history.run import AcceptedRound, Round
from tests.core.history.test_search import round_of, verdict

TASKS = [GateTask(id=f"t{at}") for at in range(100)]


def step(
    number: int,
    scores: Sequence[float],
    *,
    chars: int,
    cost: float | None = None,
    before: Sequence[float] = (),
) -> Round:
    """Round ``number`` makes version `vN` of `v(N-1)`, with a score for each task."""
    olds = before or [0.0] * len(scores)
    pairs = [
        PairedTask(task=task.id, incumbent=old, candidate=new, candidate_runs=1, incumbent_runs=1)
        for task, old, new in zip(TASKS, olds, scores, strict=False)
    ]
    measures = (
        Measure(name="skill_chars", first=500, candidate=chars),
        Measure(name="cost", first=1.0, candidate=cost),
    )
    won = verdict(Outcome.ACCEPTED, 1.0).model_copy(
        update={"pairs": tuple(pairs), "measures": measures}
    )
    made = AcceptedRound(verdict=won, candidate=f"v{number}")
    return round_of(number, made).model_copy(update={"parent": f"v{number - 1}"})


def shorter(*rounds: Round, best: str) -> tuple[str, Preferred | None]:
    return preferred_version(rounds, first="v0", best=best, tasks=TASKS, prefer="shorter")


ALL = [1.0] * 100


def test_versions_with_score_cost_and_length() -> None:
    first, one, two = front_of(
        [step(1, [1, 1, 0, 0], chars=600, cost=2.0), step(2, [1, 1, 1, 0], chars=400, cost=3.0)],
        first="v0",
    )
    assert (first.version, first.round, first.score, first.chars) == ("v0", None, 0.0, 500)
    assert (one.version, one.round, one.score, one.tasks, one.cost) == ("v1", 1, 0.5, 4, 2.0)
    assert (two.score, two.chars, two.cost) == (0.75, 400, 3.0)
    assert [point.on_front for point in (first, one, two)] == [True, True, True]


def test_what_another_one_beats_by_all_is_not_on_the_front() -> None:
    points = front_of(
        [step(1, [1, 0], chars=600, cost=0.5), step(2, [1, 1], chars=500, cost=0.5)], first="v0"
    )
    assert [point.on_front for point in points] == [False, False, True]


@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.integers(1, 4), st.sampled_from([1.0, 2.0])),
        min_size=1,
        max_size=6,
    )
)
def test_each_version_off_the_front_is_beaten_by_one_that_is_on_it(
    made: list[tuple[float, int, float]],
) -> None:
    rounds = [
        step(at, [score], chars=chars, cost=cost) for at, (score, chars, cost) in enumerate(made, 1)
    ]
    points = front_of(rounds, first="v0")
    rows = {p.version: (p.score or 0, -(p.chars or 0), -(p.cost or 0)) for p in points}
    on = [rows[p.version] for p in points if p.on_front]
    assert on
    for point in points:
        mine = rows[point.version]
        beaten = any(all(a >= b for a, b in zip(o, mine, strict=True)) and o != mine for o in on)
        assert beaten is not point.on_front


def test_the_shorter_of_two_that_tie_wins() -> None:
    chosen, why = shorter(step(1, ALL, chars=300), step(2, ALL, chars=800), best="v2")
    assert chosen == "v1"
    assert why is not None
    assert (why.over, why.lost, why.margin) == ("v2", 0.0, TIE_POINTS)
    assert why.p_value <= TIE_ALPHA
    assert "ended with a shorter version than v2" in why.told()


def test_a_shorter_one_that_may_lose_more_than_the_margin_does_not() -> None:
    some = [0.0] * 4 + [1.0] * 96
    assert shorter(step(1, some, chars=300), step(2, ALL, chars=800), best="v2") == ("v2", None)


def test_few_tasks_show_no_tie() -> None:
    few = [1.0] * 20
    assert shorter(step(1, few, chars=300), step(2, few, chars=800), best="v2") == ("v2", None)


def test_tasks_of_one_cluster_are_one_piece_of_evidence() -> None:
    rounds = [step(1, ALL, chars=300), step(2, ALL, chars=800)]
    clustered = [task.model_copy(update={"cluster": "one"}) for task in TASKS]
    chosen = preferred_version(rounds, first="v0", best="v2", tasks=clustered, prefer="shorter")
    assert chosen == ("v2", None)


def test_the_first_version_is_never_what_an_acceptance_ends_with() -> None:
    same = step(1, ALL, chars=800, before=ALL)
    assert shorter(same, best="v1") == ("v1", None)


@pytest.mark.parametrize(
    ("prefer", "chosen"), [("score", "v3"), ("cheaper", "v1"), ("shorter", "v2")]
)
def test_each_preference_has_its_own_order(prefer: str, chosen: str) -> None:
    rounds = [
        step(1, ALL, chars=700, cost=0.1),
        step(2, ALL, chars=300, cost=0.5),
        step(3, ALL, chars=800, cost=1.0),
    ]
    found, _ = preferred_version(
        rounds,
        first="v0",
        best="v3",
        tasks=TASKS,
        prefer=prefer,  # type: ignore[arg-type]
    )
    assert found == chosen


def test_nothing_is_preferred_over_an_unknown_cost() -> None:
    rounds = [step(1, ALL, chars=300, cost=0.1), step(2, ALL, chars=800)]
    found = preferred_version(rounds, first="v0", best="v2", tasks=TASKS, prefer="cheaper")
    assert found == ("v2", None)
