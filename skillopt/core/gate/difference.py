"""The mean difference between the two versions of a contest, with its interval."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from skillopt.core.gate.bounded_mean import interval, sample_of
from skillopt.core.gate.contest import GateTask, PairedTask
from skillopt.core.gate.evidence import unit_numbers
from skillopt.core.value import Value


class Difference(Value):
    """How much better the new version scores on the tasks that both versions ran.

    It describes what was measured. The gate may have stopped early because of what it saw, which
    the interval does not know; the verdict is the gate's test, not this.
    """

    mean: float
    """Weighted mean of the differences, 1 being 100 points."""
    low: float
    """95 % interval of the difference."""
    high: float
    tasks: int


def paired_difference(pairs: Sequence[PairedTask], tasks: Sequence[GateTask]) -> Difference | None:
    """The difference over the pairs in which both versions have a result; None without any.

    The interval is that of :mod:`skillopt.core.gate.bounded_mean`, over clusters where tasks have
    them.

    Args:
        pairs: a verdict's.
        tasks: their weights and clusters, in any order.
    """
    known = {task.id: task for task in tasks}
    both = [
        (known[pair.task], pair.candidate - pair.incumbent)
        for pair in pairs
        if pair.candidate is not None and pair.incumbent is not None and pair.task in known
    ]
    if not both:
        return None
    values = np.array([value for _, value in both], np.float64)
    weights = np.array([task.weight for task, _ in both])
    units = unit_numbers([task.cluster for task, _ in both])
    low, high = interval(sample_of(values, weights, units), limits=(-1.0, 1.0))
    mean = float(np.average(values, weights=weights))
    return Difference(mean=mean, low=low, high=high, tasks=len(both))
