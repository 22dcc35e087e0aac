"""The comparison of answers: a judge decides between candidates that the race could not tell apart.

Where two candidates do not differ on the tasks that checks grade, the judge is shown both answers
to the same train task and says which one is better. It sees no names, and it is asked in both
orders: a model that prefers a position, as many do, says something else each time, and that is a
tie (Zheng et al. 2023, "Judging LLM-as-a-judge", arXiv 2306.05685, sections 3.3 and 3.4). The
candidate that wins more tasks is tested; where they tie, the race's order stands.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from pydantic import Field

from skillopt.core.proposals.train_race import Result
from skillopt.core.value import Value

MOST_COMPARED = 8
"""Tasks on which two candidates are compared; each takes two calls to the judge."""

Better = Literal["first", "second", "neither"]
"""What the judge says of two answers."""

Side = Literal["stands", "challenges"]
"""The candidate that was ahead so far, and the one that is compared with it."""

_SIDES: tuple[Side, Side] = ("stands", "challenges")
_EVEN = 1e-9
"""Sums of scores that differ by less are equal."""


class Answered(NamedTuple):
    """One candidate's rollout on a train task."""

    score: float
    answer: str


Answers = Mapping[tuple[str, str], Answered]
"""By candidate and task; those that could not be had are left out."""


class Said(NamedTuple):
    """The judge's replies on one task, in the two orders."""

    order: tuple[Side, Side]
    """Whose answer came first when it was asked first; the second time the other way round."""
    replies: tuple[Better | None, Better | None]
    """None for one that could not be had or read."""


class Duel(Value):
    """Two candidates, compared by their answers."""

    winner: str
    """Digest of the version that stands after it."""
    loser: str
    won: int = Field(ge=0)
    """Tasks on which the judge preferred the winner's answer, in both orders."""
    lost: int = Field(ge=0)
    """Tasks on which it preferred the loser's."""
    even: int = Field(ge=0)
    """Tasks on which it preferred neither, in both orders."""
    flipped: int = Field(ge=0)
    """Tasks on which its preference changed with the order: they count as ties."""
    unread: int = Field(ge=0)
    """Tasks on which a reply could not be had or read: they count as ties."""

    @property
    def ties(self) -> int:
        """Tasks that speak for neither."""
        return self.even + self.flipped + self.unread

    @property
    def decided(self) -> bool:
        """The judge preferred one of them."""
        return self.won != self.lost


def ranking(result: Result) -> tuple[str, ...]:
    """The entrants that the race did not drop: the winner, then the others by their scores."""
    left = [place for place in result.places if place.lost in ("behind", "tie")]
    ranked = sorted(left, key=lambda place: -(place.mean or 0.0))
    return (result.winner, *(place.name for place in ranked))


def tasks_to_compare(
    stands: str, challenges: str, *, order: Sequence[str], judged: Iterable[str], answers: Answers
) -> tuple[str, ...]:
    """The tasks on which the judge compares two candidates; none where their scores decide.

    Args:
        stands: the candidate that is ahead.
        challenges: the other one.
        order: the race's tasks, as they were run.
        judged: those that only a judge grades. Its scores are set aside: it compares instead.
        answers: what the candidates answered.
    """
    by_judge = set(judged)
    both = [
        (task, answers[stands, task], answers[challenges, task])
        for task in order
        if (stands, task) in answers and (challenges, task) in answers
    ]
    checked = sum(one.score - other.score for task, one, other in both if task not in by_judge)
    if abs(checked) > _EVEN:
        return ()
    compared = [
        task
        for task, one, other in both
        if one.answer.strip() != other.answer.strip()
        and (task in by_judge or abs(one.score - other.score) <= _EVEN)
    ]
    first = sorted(compared, key=lambda task: task not in by_judge)
    return tuple(first[:MOST_COMPARED])


def order_of(task: str, *, seed: int, number: int, pair: tuple[str, str]) -> tuple[Side, Side]:
    """Whose answer the judge reads first when it is asked first.

    Args:
        task: id of the train task.
        seed: the run's.
        number: the round.
        pair: the two candidates.
    """
    names = " ".join(pair)
    if random.Random(f"compare {seed} {number} {task} {names}").random() < 0.5:  # noqa: PLR2004
        return _SIDES
    return ("challenges", "stands")


def preferred(said: Said) -> Side | Literal["even", "flipped", "unread"]:
    """Which candidate's answer is better; only what both orders agree on counts."""
    one, other = said.replies
    if one is None or other is None:
        return "unread"
    ahead, behind = said.order
    named: dict[Better, Side | Literal["even"]] = {"first": ahead, "second": behind}
    turned: dict[Better, Side | Literal["even"]] = {"first": behind, "second": ahead}
    before, after = named.get(one, "even"), turned.get(other, "even")
    return before if before == after else "flipped"


def duel(stands: str, challenges: str, said: Iterable[Said]) -> Duel:
    """How two candidates compare; the challenger wins only by more tasks."""
    found = [preferred(one) for one in said]
    kept, gained = found.count("stands"), found.count("challenges")
    takes_over = gained > kept
    return Duel(
        winner=challenges if takes_over else stands,
        loser=stands if takes_over else challenges,
        won=max(kept, gained),
        lost=min(kept, gained),
        even=found.count("even"),
        flipped=found.count("flipped"),
        unread=found.count("unread"),
    )


def told(found: Duel) -> str:
    """Why the loser lost, in a sentence that the optimizer may read."""
    tasks = found.won + found.lost + found.ties
    ties = f", {ties_of(found)}" if found.ties else ""
    return (
        f"lost the comparison: the judge preferred another proposal's answers on {found.won} of "
        f"{tasks} train tasks, and this one's on {found.lost}{ties}"
    )


def ties_of(found: Duel) -> str:
    """The ties, and how many of them were none but for the order or a reply."""
    details = [
        f"{found.flipped} changed with the order" if found.flipped else "",
        f"{found.unread} without a verdict" if found.unread else "",
    ]
    more = ", ".join(filter(None, details))
    count = f"{found.ties} {'tie' if found.ties == 1 else 'ties'}"
    return f"{count} ({more})" if more else count
