"""The race on train tasks: which of a round's candidates goes to the gate.

The candidates run the train tasks in a seeded order, a heat at a time. After each heat a candidate
is dropped if it is clearly behind the leader: of the tasks on which the two differ it lost so many
that a fair coin would do so at most :data:`CLEAR` of the time (racing: Maron and Moore 1994;
Birattari et al. 2002, "A racing algorithm for configuring metaheuristics"). Who is left does not
differ from the leader beyond the noise; there the highest mean wins, and of equal ones the shorter
skill; with a preference the shortest or the cheapest wins.

Nothing of it counts as evidence at the gate: it only chooses what the gate tests.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, assert_never

from skillopt.core.value import Value

HEAT = 6
"""Tasks that every candidate left runs before they are compared."""

MOST_TASKS = 24
"""Tasks of one race, four heats."""

CLEAR = 0.10
"""One-sided p-value of the sign test at which a candidate is dropped."""

Prefer = Literal["score", "shorter", "cheaper"]
"""What decides among those that do not differ in score beyond the noise."""

LossCode = Literal["worse", "behind", "tie"]


class Entrant(Value):
    """A candidate in a race."""

    name: str
    """Digest of the version."""
    chars: int
    """Its length."""


class Race(Value):
    """Who runs, on what, and what decides among those that tie."""

    entrants: tuple[Entrant, ...]
    """In the order in which they were proposed."""
    tasks: tuple[str, ...]
    """Ids, in the order in which they are run (:func:`race_order`)."""
    prefer: Prefer = "score"


class Ran(NamedTuple):
    """One rollout's result."""

    score: float
    cost: float | None
    """US dollars; None where no price is known."""


Runs = Mapping[tuple[str, str], Ran | None]
"""By entrant and task; None for one that could not be had."""


class Wish(NamedTuple):
    """One rollout that the race asks for."""

    entrant: str
    task: str


class Place(Value):
    """How an entrant did."""

    name: str
    mean: float | None
    """Mean score over its tasks; None where none has a result."""
    tasks: int
    lost: LossCode | None = None
    """`worse`: clearly behind the leader, and dropped. `behind`: a lower mean at the end. `tie`:
    another one that ties was preferred. None for the winner."""


class Result(Value):
    """The end of a race."""

    winner: str
    places: tuple[Place, ...]
    """In the order of the entrants."""


def race_order(tasks: Sequence[str], *, seed: int, number: int) -> tuple[str, ...]:
    """The tasks of the race in round ``number``."""
    order = sorted(tasks)
    random.Random(f"race {seed} {number}").shuffle(order)
    return tuple(order[:MOST_TASKS])


def advance(race: Race, runs: Runs) -> tuple[Wish, ...] | Result:
    """The next rollouts that the race wants, or its end.

    It is replayed from the start with what is there, so that an interruption changes nothing.

    Args:
        race: the same value at every call.
        runs: results so far.
    """
    left = list(race.entrants)
    dropped: dict[str, int] = {}
    for start in range(0, len(race.tasks), HEAT):
        if len(left) == 1:
            break
        heat = race.tasks[start : start + HEAT]
        wishes = [Wish(entrant.name, task) for entrant in left for task in heat]
        if open_ones := tuple(wish for wish in wishes if wish not in runs):
            return open_ones
        seen = race.tasks[: start + HEAT]
        leader = _first_by(left, seen, runs, "score")
        for entrant in [one for one in left if _clearly_behind(one, leader, seen, runs)]:
            dropped[entrant.name] = len(seen)
            left.remove(entrant)
    return _ended(race, left, dropped, runs)


def _clearly_behind(entrant: Entrant, leader: Entrant, seen: Sequence[str], runs: Runs) -> bool:
    wins = losses = 0
    for task in seen:
        mine, best = runs[entrant.name, task], runs[leader.name, task]
        if mine is not None and best is not None:
            wins += mine.score > best.score
            losses += mine.score < best.score
    return losses > wins and coin(losses, wins + losses) <= CLEAR


def coin(heads: int, throws: int) -> float:
    """The chance of so many heads or more with a fair coin."""
    ways = sum(math.comb(throws, k) for k in range(heads, throws + 1))
    return ways * 0.5**throws


def _first_by(
    entrants: Sequence[Entrant], seen: Sequence[str], runs: Runs, prefer: Prefer
) -> Entrant:
    def rank(entrant: Entrant) -> tuple[float, ...]:
        mean = -(_mean(entrant.name, seen, runs) or 0.0)
        match prefer:
            case "score":
                return (mean, entrant.chars)
            case "shorter":
                return (entrant.chars, mean)
            case "cheaper":
                return (_cost(entrant.name, seen, runs), mean, entrant.chars)
            case _:
                assert_never(prefer)

    return min(entrants, key=rank)


def _ended(race: Race, left: Sequence[Entrant], dropped: Mapping[str, int], runs: Runs) -> Result:
    winner = left[0] if len(left) == 1 else _first_by(left, race.tasks, runs, race.prefer)
    best = _mean(winner.name, race.tasks, runs) or 0.0
    places = []
    for entrant in race.entrants:
        seen = race.tasks[: dropped.get(entrant.name, len(race.tasks))]
        ran = [task for task in seen if runs.get((entrant.name, task)) is not None]
        mean = _mean(entrant.name, seen, runs)
        lost: LossCode | None = None
        if entrant.name in dropped:
            lost = "worse"
        elif entrant != winner:
            lost = "behind" if (mean or 0.0) < best else "tie"
        places.append(Place(name=entrant.name, mean=mean, tasks=len(ran), lost=lost))
    return Result(winner=winner.name, places=tuple(places))


def _mean(name: str, seen: Sequence[str], runs: Runs) -> float | None:
    found = [ran.score for task in seen if (ran := runs.get((name, task))) is not None]
    return sum(found) / len(found) if found else None


def _cost(name: str, seen: Sequence[str], runs: Runs) -> float:
    """Dollars a task; infinite where no price is known."""
    found = [ran.cost for task in seen if (ran := runs.get((name, task))) is not None]
    known = [cost for cost in found if cost is not None]
    return sum(known) / len(known) if known and len(known) == len(found) else math.inf
