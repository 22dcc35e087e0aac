"""The race on train tasks: pure, seeded, clear losers early, ties by a stated rule."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.proposals.train_race import (
    HEAT,
    MOST_TASKS,
    Entrant,
    Place,
    Prefer,
    Race,
    Ran,
    Result,
    advance,
    coin,
    race_order,
)

TASKS = tuple(f"t{at}" for at in range(MOST_TASKS))


def race(*chars: int, prefer: Prefer = "score", tasks: tuple[str, ...] = TASKS) -> Race:
    entrants = tuple(Entrant(name="abcdef"[at], chars=size) for at, size in enumerate(chars))
    return Race(entrants=entrants, tasks=tasks, prefer=prefer)


def run(
    one: Race, answer: Callable[[str, int], Ran | None], asked: list[tuple[str, str]] | None = None
) -> Result:
    """The race with answers by entrant and the task's number."""
    runs: dict[tuple[str, str], Ran | None] = {}
    while not isinstance(step := advance(one, runs), Result):
        for wish in step:
            assert wish not in runs, "nothing is asked for twice"
            runs[wish] = answer(wish.entrant, int(wish.task[1:]))
            if asked is not None:
                asked.append(wish)
    return step


def scores(**by: Callable[[int], float]) -> Callable[[str, int], Ran]:
    return lambda name, task: Ran(float(by[name](task)), None)


def test_a_clear_loser_is_dropped_after_the_first_heat() -> None:
    asked: list[tuple[str, str]] = []
    found = run(race(10, 10), scores(a=lambda _: 0, b=lambda _: 1), asked)
    assert found.winner == "b"
    assert found.places == (
        Place(name="a", mean=0.0, tasks=HEAT, lost="worse"),
        Place(name="b", mean=1.0, tasks=HEAT),
    )
    assert len(asked) == 2 * HEAT, "and the winner runs no further"


def test_a_small_lead_decides_at_the_end() -> None:
    found = run(race(10, 10), scores(a=lambda _: 1, b=lambda task: task != 3))
    assert found.winner == "a"
    assert found.places[1].lost == "behind"
    assert found.places[1].tasks == MOST_TASKS


def test_of_equal_ones_the_shorter_wins_then_the_first() -> None:
    assert run(race(30, 20), scores(a=lambda _: 1, b=lambda _: 1)).winner == "b"
    tied = run(race(20, 20), scores(a=lambda _: 1, b=lambda _: 1))
    assert tied.winner == "a"
    assert tied.places[1].lost == "tie"


def test_a_preference_decides_only_among_those_that_are_not_clearly_worse() -> None:
    nearly = scores(a=lambda _: 1, b=lambda task: task != 3, c=lambda _: 0)
    found = run(race(30, 20, 5, prefer="shorter"), nearly)
    assert found.winner == "b"
    assert [place.lost for place in found.places] == ["tie", None, "worse"]
    assert run(race(30, 20, 5), nearly).winner == "a"


def test_the_cheaper_of_two_that_tie() -> None:
    def answer(name: str, task: int) -> Ran:
        return Ran(1.0, {"a": 0.2, "b": 0.1, "c": None}[name])

    assert run(race(5, 30, 1, prefer="cheaper"), answer).winner == "b"


def test_a_rollout_that_cannot_be_had_speaks_for_nobody() -> None:
    def answer(name: str, task: int) -> Ran | None:
        return None if name == "a" and task % 2 else Ran(float(name == "a"), None)

    found = run(race(10, 10), answer)
    assert found.winner == "a"
    assert found.places[0].mean == 1.0


def test_nobody_has_a_result() -> None:
    found = run(race(10, 5), lambda _name, _task: None)
    assert (found.winner, found.places[0].mean) == ("b", None)


def test_an_entrant_alone_wins_without_a_run() -> None:
    assert advance(race(10), {}) == Result(
        winner="a", places=(Place(name="a", mean=None, tasks=0),)
    )


@given(st.integers(0, 10_000), st.integers(2, 4), st.integers(1, 30))
def test_an_interrupted_race_ends_the_same(seed: int, entrants: int, tasks: int) -> None:
    draw = random.Random(seed)
    truth = {
        (name, f"t{at}"): Ran(draw.choice([0.0, 0.5, 1.0]), None)
        for name in "abcd"[:entrants]
        for at in range(tasks)
    }
    one = race(*[10] * entrants, tasks=tuple(f"t{at}" for at in range(tasks)))
    whole = run(one, lambda name, at: truth[name, f"t{at}"])
    runs: dict[tuple[str, str], Ran | None] = {}
    while not isinstance(step := advance(one, runs), Result):
        wish = draw.choice(step)  # one rollout, then the process dies
        runs[wish] = truth[wish]
    assert step == whole
    best = max(place.mean or 0 for place in whole.places if place.lost != "worse")
    assert next(p for p in whole.places if p.name == whole.winner).mean == best


def test_equal_candidates_are_rarely_dropped_as_clear_losers() -> None:
    """Four looks at a level of 10 % each: a stated price, no error at the gate."""
    draw, dropped = random.Random(0), 0
    for _ in range(400):
        found = run(race(10, 10), lambda _name, _task: Ran(float(draw.random() < 0.5), None))
        dropped += any(place.lost == "worse" for place in found.places)
    assert dropped / 400 < 0.25


def test_a_better_candidate_wins_mostly() -> None:
    draw, won = random.Random(1), 0
    chance = {"a": 0.4, "b": 0.7, "c": 0.4}
    for _ in range(300):
        found = run(
            race(9, 9, 9), lambda name, _task: Ran(float(draw.random() < chance[name]), None)
        )
        won += found.winner == "b"
    assert won / 300 > 0.9


def test_the_order_is_seeded_and_bounded() -> None:
    names = [f"n{at}" for at in range(100)]
    one = race_order(names, seed=1, number=2)
    assert one == race_order(list(reversed(names)), seed=1, number=2)
    assert one != race_order(names, seed=1, number=3)
    assert len(set(one)) == MOST_TASKS
    assert set(race_order(names[:5], seed=0, number=1)) == set(names[:5])


@pytest.mark.parametrize(
    ("heads", "throws", "chance"), [(0, 0, 1.0), (3, 3, 0.125), (4, 4, 0.0625), (1, 2, 0.75)]
)
def test_a_fair_coin(heads: int, throws: int, chance: float) -> None:
    assert coin(heads, throws) == chance
