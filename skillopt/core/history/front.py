"""More than the score: a run's versions by score, cost and length, and which of them to prefer.

A version is on the front if no other is at least as good by score, cost and length and better by
one of them (Pareto). The score is the mean over the validation tasks that the version was run on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from skillopt.core.gate.contest import GateTask, MeasureName, PairedTask, Verdict
from skillopt.core.history.preferred import TIE_POINTS, Preferred
from skillopt.core.history.run import AcceptedRound, Round
from skillopt.core.proposals.train_race import Prefer
from skillopt.core.value import Value

TIE_ALPHA = 0.10
"""At this level."""


class VersionPoint(Value):
    """A version of a run by score, cost and length."""

    version: str
    """Digest."""
    round: int | None
    """The round that made it; None for the first version."""
    score: float | None
    """Mean over the validation tasks it was run on; None where it was run on none."""
    tasks: int
    """How many those are."""
    chars: int | None
    """Length of the skill."""
    cost: float | None
    """US dollars a task; None where no price is known."""
    on_front: bool = False


class _Scored(NamedTuple):
    point: VersionPoint
    scores: Mapping[str, float]
    """By task id."""


def front_of(rounds: Sequence[Round], *, first: str) -> tuple[VersionPoint, ...]:
    """The first version and the accepted ones, in order; those on the front are marked.

    Args:
        rounds: of one run, in order.
        first: digest of the version it started from.
    """
    points = [scored.point for scored in _scored(rounds, first=first)]
    marked = (_is_on_front(point, points) for point in points)
    return tuple(
        point.model_copy(update={"on_front": on}) for point, on in zip(points, marked, strict=True)
    )


def preferred_version(
    rounds: Sequence[Round],
    *,
    first: str,
    best: str,
    tasks: Sequence[GateTask],
    prefer: Prefer,
) -> tuple[str, Preferred | None]:
    """The version to end with: of accepted ones that tie with the best, the shortest or cheapest.

    A tie is shown, not assumed: at level :data:`TIE_ALPHA` the version loses less than
    :data:`TIE_POINTS` points against the best on the tasks that both were run on, by the test of
    `no_worse_than` (:func:`skillopt.core.gate.race.no_worse`). The best version's score was
    selected on the same tasks and is flattered by that, so that the error is on the safe side.

    Args:
        rounds: of one run, in order.
        first: digest of the version it started from.
        best: digest of the version the search has reached.
        tasks: the validation tasks, with weights and clusters.
        prefer: what decides among those that tie; `score` is for the best itself.
    """
    known = {scored.point.version: scored for scored in _scored(rounds, first=first)}
    size = _size(prefer)
    if size is None or best not in known or getattr(known[best].point, size) is None:
        return best, None
    chosen, why, least = best, None, getattr(known[best].point, size)
    for version, scored in known.items():
        value = getattr(scored.point, size)
        if version == first or value is None or value >= least:
            continue
        gained, p_value = _compared(scored.scores, known[best].scores, tasks)
        if p_value <= TIE_ALPHA:
            why = Preferred(prefer=prefer, over=best, lost=-gained, p_value=p_value)
            chosen, least = version, value
    return chosen, why


def _size(prefer: Prefer) -> Literal["chars", "cost"] | None:
    match prefer:
        case "score":
            return None
        case "shorter":
            return "chars"
        case "cheaper":
            return "cost"


def _compared(
    scores: Mapping[str, float], best: Mapping[str, float], tasks: Sequence[GateTask]
) -> tuple[float, float]:
    """The mean difference, and the p-value of a loss of the margin or more; 1 without tasks."""
    import numpy as np

    from skillopt.core.gate.bounded_mean import p_value, sample_of

    both = [task for task in tasks if task.id in scores and task.id in best]
    if not both:
        return 0.0, 1.0
    names = {task.id: task.cluster or f"task {task.id}" for task in both}
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names.values()))}
    sample = sample_of(
        np.array([scores[task.id] - best[task.id] for task in both]),
        np.array([task.weight for task in both]),
        np.array([numbers[names[task.id]] for task in both]),
    )
    return sample.mean, p_value(sample, -TIE_POINTS / 100, lowest=-1.0)


def _scored(rounds: Sequence[Round], *, first: str) -> list[_Scored]:
    """The first version and the accepted ones with their scores."""
    found: list[_Scored] = []
    on_first = [
        verdict
        for round_ in rounds
        if round_.parent == first and (verdict := round_.decision.verdict) is not None
    ]
    if on_first:
        widest = max(on_first, key=lambda verdict: verdict.tasks_seen)
        found.append(_scored_by(widest, first, None, "first"))
    for round_ in rounds:
        decision = round_.decision
        if isinstance(decision, AcceptedRound):
            made = decision.candidate
            found.append(_scored_by(decision.verdict, made, round_.number, "candidate"))
    return found


def _scored_by(
    verdict: Verdict, version: str, number: int | None, of: Literal["first", "candidate"]
) -> _Scored:
    scores = _by_task(verdict.pairs, "incumbent" if of == "first" else "candidate")
    chars = _measure(verdict, "skill_chars", of)
    point = VersionPoint(
        version=version,
        round=number,
        score=sum(scores.values()) / len(scores) if scores else None,
        tasks=len(scores),
        chars=None if chars is None else round(chars),
        cost=_measure(verdict, "cost", of),
    )
    return _Scored(point, scores)


def _measure(
    verdict: Verdict, name: MeasureName, of: Literal["first", "candidate"]
) -> float | None:
    found = (measure for measure in verdict.measures if measure.name == name)
    measure = next(found, None)
    return getattr(measure, of) if measure else None


def _by_task(
    pairs: Sequence[PairedTask], arm: Literal["candidate", "incumbent"]
) -> dict[str, float]:
    scores = {pair.task: getattr(pair, arm) for pair in pairs}
    return {task: score for task, score in scores.items() if score is not None}


def _is_on_front(point: VersionPoint, points: Sequence[VersionPoint]) -> bool:
    return point.score is not None and not any(_dominates(other, point) for other in points)


def _dominates(one: VersionPoint, other: VersionPoint) -> bool:
    """By what is known of both: at least as good everywhere, and better somewhere."""
    if one.score is None or other.score is None:
        return False
    pairs = [(one.score, other.score)]
    if one.chars is not None and other.chars is not None:
        pairs.append((-one.chars, -other.chars))
    if one.cost is not None and other.cost is not None:
        pairs.append((-one.cost, -other.cost))
    return all(a >= b for a, b in pairs) and any(a > b for a, b in pairs)
