"""The sealed test and what may be said after it: the only number of a run that is to be quoted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from skillopt.core.gate.bounded_mean import interval, sample_of
from skillopt.core.gate.contest import GateTask
from skillopt.core.gate.evidence import EPS, FloatArray, IntArray, sums_by, unit_numbers
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.gate.sign_flips import flip_test

LEVEL = 0.05
"""A sealed test certifies where its p-value is at most this."""
FEWEST = 8
"""Units below which nothing is certified."""

Runs = Mapping[str, tuple[float | None, ...]]
"""Scores of the trials by task id; None for one that could not be had."""


def sealed_test(first: Runs, last: Runs, *, tasks: Sequence[GateTask], seed: int) -> SealedTest:
    """Compare two versions on tasks that nothing was chosen by.

    The effect is the weighted mean of per-task differences, each between the means of its trials.
    The interval is that of :mod:`skillopt.core.gate.bounded_mean`, over clusters where tasks have
    them (Miller 2024, arXiv 2411.00640). The p-value is that of the one-sided sign-flip test: could
    chance alone make the last version look so much better?

    Args:
        first: runs of the version the search started from.
        last: runs of the version it ended with.
        tasks: the test tasks; those without an outcome in either version are left out.
        seed: of the sign vectors.

    Returns:
        The result; where no task has an outcome in both versions it rests on 0 tasks, and
        the first version is kept.
    """
    means = {
        task.id: (_mean(first.get(task.id, ())), _mean(last.get(task.id, ()))) for task in tasks
    }
    kept = [task for task in tasks if None not in means[task.id]]
    if not kept:
        return _nothing(len(tasks))
    before, after = np.array([means[task.id] for task in kept], np.float64).T
    weights = np.array([task.weight for task in kept])
    units = unit_numbers([task.cluster for task in kept])
    effect, low, high = _interval(after - before, weights, units, limits=(-1.0, 1.0))
    p_value = _p_value(after - before, weights, units, seed)
    wins, losses = int((after - before > EPS).sum()), int((before - after > EPS).sum())
    return SealedTest(
        first_score=float(np.average(before, weights=weights)),
        last_score=float(np.average(after, weights=weights)),
        difference=effect,
        low=low,
        high=high,
        p_value=p_value,
        certified=p_value <= LEVEL and int(units.max()) + 1 >= FEWEST,
        tasks=len(kept),
        wins=wins,
        losses=losses,
        missing=len(tasks) - len(kept),
    )


def mean_interval(
    scores: Sequence[float], weights: Sequence[float], clusters: Sequence[str | None]
) -> tuple[float, float, float]:
    """Weighted mean of scores with its 95 % interval.

    Args:
        scores: one per task.
        weights: of the tasks.
        clusters: of the tasks; those of one cluster count as one unit.

    Raises:
        ValueError: there are no scores.
    """
    if not scores:
        raise ValueError("no scores: there is nothing to average")
    values, shares = np.array(scores, np.float64), np.array(weights, np.float64)
    return _interval(values, shares, unit_numbers(clusters), limits=(0.0, 1.0))


def _interval(
    values: FloatArray, weights: FloatArray, units: IntArray, *, limits: tuple[float, float]
) -> tuple[float, float, float]:
    low, high = interval(sample_of(values, weights, units), limits=limits)
    return float(np.average(values, weights=weights)), low, high


def _nothing(missing: int) -> SealedTest:
    return SealedTest(
        first_score=0.0,
        last_score=0.0,
        difference=0.0,
        low=-1.0,
        high=1.0,
        p_value=1.0,
        certified=False,
        tasks=0,
        wins=0,
        losses=0,
        missing=missing,
    )


def _p_value(values: FloatArray, weights: FloatArray, units: IntArray, seed: int) -> float:
    return flip_test(sums_by(units, weights * values), seed=seed)


def _mean(runs: Sequence[float | None]) -> float | None:
    known = [score for score in runs if score is not None]
    return sum(known) / len(known) if known else None
