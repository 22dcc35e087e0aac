"""When a race is looked at on its way, and how far behind a candidate may lie to go on.

Frequent, binding futility looks pay because most proposals deserve rejection; early acceptance
would save almost nothing for the same reason (`docs/gate.md`, "Looks").
"""

from __future__ import annotations

import math
from typing import NamedTuple

from skillopt.core.gate.evidence import EPS, FloatArray


class Look(NamedTuple):
    """After this share of a pass, the candidate's z-score must exceed ``z``."""

    share: float
    z: float


class Plan(NamedTuple):
    """A race's parameters."""

    alpha: float
    """The final test's p-value may be at most this."""
    most_looks: int
    """Looks in the first pass, at most."""
    first_z: float
    """What the z-score must exceed at the start of the first pass; it rises linearly."""
    last_z: float
    """The same at the end of the first pass."""
    later_z: float
    """The same half way through any later pass."""
    cap: int = 3
    """Tasks with fewer runs of the incumbent get a fresh one, once per candidate that gets far."""


LOOKS_TAKE = 1.4
"""The race tests at this multiple of its level: its looks turn away the rest. Measured, not proved:
a candidate as good as the incumbent passes looks and test together at most at the level itself."""

RACE = Plan(alpha=0.10, most_looks=6, first_z=-0.6, last_z=0.65, later_z=0.7)
EXPLORE = Plan(alpha=0.35, most_looks=8, first_z=-1.2, last_z=0.2, later_z=0.3)


def looks(plan: Plan, *, units: int, later_pass: bool, last_pass: bool) -> tuple[Look, ...]:
    """The looks of one pass; the last pass ends in the test, not in a look."""
    if later_pass:
        found = [Look(0.5, plan.later_z), Look(1.0, plan.later_z)]
    else:
        count = min(plan.most_looks, max(2, units // 4))
        rise = plan.last_z - plan.first_z
        found = [Look(j / count, plan.first_z + rise * j / count) for j in range(1, count + 1)]
    return tuple(found[:-1] if last_pass else found)


def bound(differences: FloatArray, *, seen: int, z: float) -> float:
    """The sum of paired differences that a candidate must exceed at a look.

    The z-score with a floor under its variance, solved for the sum: `z sqrt(q A / (q + 1 + z^2))`
    with A the sum of squares plus 1/2 (two pseudo-units of variance 1/4). For abs(z) < 1 a better
    outcome of any task never turns a passed look into a failed one.

    Args:
        differences: one per unit.
        seen: units seen, q.
        z: the bar.
    """
    spread = float(differences @ differences) + 0.5
    return z * math.sqrt(seen * spread / (seen + 1 + z * z)) + EPS
