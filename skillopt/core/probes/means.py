"""Means over tasks with their 95 % intervals, and differences of them between two versions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from skillopt.core.evaluation.task import Task
from skillopt.core.value import Value

ByTask = Mapping[str, float]
"""A value by task id."""
Limits = tuple[float, float]
"""Between which every value lies."""

SHARE: Limits = (0.0, 1.0)
CHANGE: Limits = (-1.0, 1.0)


class Mean(Value):
    """A weighted mean over tasks with its 95 % interval; tasks of a cluster are one unit."""

    mean: float
    low: float
    high: float
    tasks: int


def task_means(found: Iterable[tuple[str, float]]) -> dict[str, float]:
    """The mean of each task's values."""
    values: dict[str, list[float]] = defaultdict(list)
    for task, value in found:
        values[task].append(value)
    return {task: sum(each) / len(each) for task, each in values.items()}


def mean_of(values: ByTask, tasks: Sequence[Task], *, limits: Limits = SHARE) -> Mean | None:
    """The mean over the tasks that have a value; None where none has one."""
    # Late: the record of a run holds means, and listing runs must not load numpy.
    import numpy as np

    from skillopt.core.gate.bounded_mean import interval, sample_of
    from skillopt.core.gate.evidence import unit_numbers

    kept = [task for task in tasks if task.id in values]
    if not kept:
        return None
    sample = sample_of(
        np.array([values[task.id] for task in kept], np.float64),
        np.array([task.weight for task in kept], np.float64),
        unit_numbers([task.cluster for task in kept]),
    )
    low, high = interval(sample, limits=limits)
    return Mean(mean=sample.mean, low=low, high=high, tasks=len(kept))


def difference_of(
    first: ByTask, last: ByTask, tasks: Sequence[Task], *, limits: Limits
) -> Mean | None:
    """``last`` minus ``first``, over the tasks that have both; ``limits`` are of each of them."""
    paired = {task: last[task] - first[task] for task in first if task in last}
    width = limits[1] - limits[0]
    return mean_of(paired, tasks, limits=(-width, width))
