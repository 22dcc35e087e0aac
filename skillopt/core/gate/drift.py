"""Drift: whether the accepted steps of a run are still there when they are looked at together.

Each step was accepted on evidence of its own, the luck of its own runs included; many small steps
can add up to nothing, or less. So the head is run again, on runs that decided nothing, beside the
version that held at the last check and the first version.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from skillopt.core.gate.contest import GateTask
from skillopt.core.gate.drift_result import Drift
from skillopt.core.gate.evidence import FloatArray, sums_by, unit_numbers

BAR = -1.0
"""The z-score that the head must exceed: the runs of one check are few. At 0 true gains went back
so often that good runs lost more than drifting ones won (docs/drift-watch.md)."""


def drift_check(
    scores: Mapping[str, Mapping[str, float]],
    *,
    head: str,
    held: str,
    first: str,
    tasks: Sequence[GateTask],
) -> Drift:
    """Whether the head holds: not behind the last version that held, nor behind the first.

    Otherwise the search goes back to the former, or to the first version where the former is behind
    that. Behind is by a standard error or more.

    Args:
        scores: of fresh runs, by version and task id.
        head: the version that the search has reached.
        held: the version that held at the last check.
        first: the version the run starts from.
        tasks: the validation tasks; those without a result in any version are left out.
    """
    kept = [task for task in tasks if all(task.id in scores[one] for one in (head, held, first))]
    since = _gaps(scores[head], scores[held], kept)
    total = _gaps(scores[head], scores[first], kept)
    before = _gaps(scores[held], scores[first], kept)
    holds = not kept or (held_up(since) and held_up(total))
    back = held if held == first or held_up(before) else first
    return Drift(
        held=held,
        since=_mean(since, kept),
        total=_mean(total, kept),
        tasks=len(kept),
        back_to=None if holds else back,
    )


def held_up(gaps: FloatArray) -> bool:
    """Whether the sum of the units' differences is above the bar, in standard errors around 0."""
    error = math.sqrt(float(gaps @ gaps)) or 1.0
    return float(gaps.sum()) / error > BAR


def _gaps(one: Mapping[str, float], other: Mapping[str, float], kept: list[GateTask]) -> FloatArray:
    """Weighted differences by unit."""
    gaps = np.array([(one[task.id] - other[task.id]) * task.weight for task in kept], np.float64)
    return sums_by(unit_numbers([task.cluster for task in kept]), gaps)


def _mean(gaps: FloatArray, kept: list[GateTask]) -> float:
    return float(gaps.sum()) / sum(task.weight for task in kept) if kept else 0.0
