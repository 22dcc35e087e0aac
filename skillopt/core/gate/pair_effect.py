"""How much a candidate differs from the incumbent on the tasks that a verdict rests on."""

from __future__ import annotations

from collections.abc import Sequence

from skillopt.core.gate.contest import GateTask, PairedTask
from skillopt.core.gate.sealed import sealed_test
from skillopt.core.value import Value


class PairEffect(Value):
    """A mean paired difference with its 95 % interval, in [-1, 1]."""

    difference: float
    """Candidate minus incumbent, weighted as the tasks are."""
    low: float
    high: float
    tasks: int
    """Tasks with a score of both versions."""


def pair_effect(pairs: Sequence[PairedTask], tasks: Sequence[GateTask]) -> PairEffect | None:
    """The effect over ``pairs``, with its 95 % interval; None where no task has both scores.

    The gate looks more than once, and stops when it has seen enough: the interval is that of one
    look, and describes rather than proves.

    Args:
        pairs: a verdict's.
        tasks: the validation tasks, for their weights and clusters.
    """
    seen = {pair.task for pair in pairs}
    found = sealed_test(
        {pair.task: (pair.incumbent,) for pair in pairs},
        {pair.task: (pair.candidate,) for pair in pairs},
        tasks=[task for task in tasks if task.id in seen],
        seed=0,
    )
    if not found.tasks:
        return None
    return PairEffect(
        difference=found.difference, low=found.low, high=found.high, tasks=found.tasks
    )
