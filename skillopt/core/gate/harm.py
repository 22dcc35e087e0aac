"""Whether a rejected candidate was clearly worse, or only not shown to be better."""

from __future__ import annotations

import math

from skillopt.core.gate.contest import Outcome, Verdict

CLEARLY_WORSE = -1.645
"""A z-score at or below this is clear harm: one-sided 5 % of the normal distribution."""
CLEARLY_NO_GAIN = 0.95
"""The same for a one-sided p-value, where a verdict has no paired tasks."""


def clearly_harmful(verdict: Verdict) -> bool:
    """Whether a rejection says that the candidate did harm.

    A broken sentinel and an exceeded guard are harm. Otherwise it is the z-score of the paired
    differences, with the floor under their variance that the gate's looks have: `z = S sqrt((q + 1)
    / (q A - S^2))`, S their sum over q tasks, A the sum of their squares plus 1/2. Tasks of one
    cluster are counted one by one. It shapes what is tried again, and is no verdict.
    """
    if verdict.outcome is not Outcome.REJECTED:
        return False
    if verdict.code in {"sentinel", "guard"}:
        return True
    differences = [
        pair.candidate - pair.incumbent
        for pair in verdict.pairs
        if pair.candidate is not None and pair.incumbent is not None
    ]
    if not differences:
        return verdict.p_value is not None and verdict.p_value >= CLEARLY_NO_GAIN
    return z_score(differences) <= CLEARLY_WORSE


def z_score(differences: list[float]) -> float:
    """The z-score of paired differences in [-1, 1], with two pseudo-tasks of variance 1/4."""
    count, total = len(differences), math.fsum(differences)
    squares = math.fsum(one * one for one in differences) + 0.5
    return total * math.sqrt((count + 1) / (count * squares - total * total))
