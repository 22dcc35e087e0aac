"""The paired results of a verdict: their interval, and what changed."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from functools import lru_cache

from skillopt.core.gate.contest import PairedTask, Verdict
from skillopt.core.report.values import Changes, TaskChange

MOST_LISTED = 40
"""Tasks that are listed under a proposal; the heat map has all."""
_EQUAL = 1e-9


def interval(verdict: Verdict) -> tuple[float, float] | None:
    """95 % interval of the gain, each task a unit of its own.

    None where the gate's gain is not the plain mean of the differences: the tasks have weights
    then, which the ledger does not keep.
    """
    found = [
        pair.candidate - pair.incumbent
        for pair in verdict.pairs
        if pair.candidate is not None and pair.incumbent is not None
    ]
    if not found or verdict.gain is None:
        return None
    if not math.isclose(sum(found) / len(found), verdict.gain, abs_tol=1e-6):
        return None
    return _interval(tuple(sorted(found)))


@lru_cache(maxsize=512)
def _interval(differences: tuple[float, ...]) -> tuple[float, float]:
    import numpy as np

    from skillopt.core.gate.bounded_mean import interval as limits_of
    from skillopt.core.gate.bounded_mean import sample_of

    values = np.array(differences)
    sample = sample_of(values, np.ones(len(values)), np.arange(len(values)))
    return limits_of(sample, limits=(-1.0, 1.0))


def mean_score(verdict: Verdict) -> float | None:
    """Of the version that goes on, over the tasks the gate has a record of."""
    scores = [one.total / one.runs for one in verdict.book.values() if one.runs]
    return sum(scores) / len(scores) if scores else None


def first_score(pairs: Sequence[PairedTask]) -> float | None:
    """Of the incumbent, over all tasks of a contest."""
    scores = [pair.incumbent for pair in pairs if pair.incumbent is not None]
    return sum(scores) / len(scores) if scores else None


def changes(verdict: Verdict, no_result: Collection[str]) -> Changes:
    """What the candidate did to each task.

    Args:
        verdict: the gate's.
        no_result: ids of the tasks that the candidate had no outcome on in this run.
    """
    both = [
        (pair.candidate - pair.incumbent, pair.task, pair.incumbent, pair.candidate)
        for pair in verdict.pairs
        if pair.candidate is not None and pair.incumbent is not None
    ]
    without = [pair.task for pair in verdict.pairs if pair.candidate is None]
    lost = sum(task in no_result for task in without)
    ordered = sorted(one for one in both if abs(one[0]) > _EQUAL)
    better = sum(one[0] > 0 for one in ordered)
    worse = ordered[: len(ordered) - better]
    best = ordered[len(ordered) - better :][::-1]
    room = MOST_LISTED - min(len(best), MOST_LISTED // 2)
    listed = [*worse[:room], *best]
    return Changes(
        better=better,
        worse=len(worse),
        same=len(both) - len(ordered),
        no_result=lost,
        not_run=len(without) - lost,
        listed=tuple(
            TaskChange(task=task, before=before, after=after)
            for _, task, before, after in listed[:MOST_LISTED]
        ),
    )
