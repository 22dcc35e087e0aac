"""Whether a candidate beats its placebo: the same edit without its content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from skillopt.core.figures import points
from skillopt.core.gate.contest import GateTask, PlaceboTest
from skillopt.core.gate.evidence import sums_by, unit_numbers
from skillopt.core.gate.sign_flips import flip_test

CODE = "placebo"
"""The verdict's code where the gate accepted and the placebo did as well."""


def placebo_test(
    candidate: Mapping[str, float],
    placebo: Mapping[str, float],
    *,
    tasks: Sequence[GateTask],
    version: str,
    level: float,
    seed: int,
) -> PlaceboTest:
    """The paired sign-flip test of one run each; tasks that lack one are left out.

    Args:
        candidate: its scores by task id.
        placebo: likewise.
        tasks: the validation tasks; those of one cluster are one unit.
        version: the placebo's hash.
        level: the candidate beats it where the one-sided p-value is at most this.
        seed: of the sign vectors.
    """
    kept = [task for task in tasks if task.id in candidate and task.id in placebo]
    weights = np.array([task.weight for task in kept], np.float64)
    gaps = np.array([candidate[task.id] - placebo[task.id] for task in kept], np.float64) * weights
    units = sums_by(unit_numbers([task.cluster for task in kept]), gaps)
    return PlaceboTest(
        version=version,
        difference=float(gaps.sum() / weights.sum()) if kept else 0.0,
        p_value=flip_test(units, seed=seed) if kept else 1.0,
        level=level,
        tasks=len(kept),
        missing=len(tasks) - len(kept),
    )


def told(test: PlaceboTest) -> str:
    """Why the placebo vetoes, in a sentence."""
    return (
        "not better than its placebo, the same edit with words that say nothing: "
        f"{points(test.difference)} points on {test.tasks} tasks "
        f"(p = {test.p_value:.3f}, threshold {test.level:.2f})"
    )
