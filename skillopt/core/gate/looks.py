"""When a race is looked at on its way, and how far behind a candidate may lie to go on.

Frequent, binding futility looks pay because most proposals deserve rejection; early acceptance
would save almost nothing for the same reason (`docs/gate-in-full.md`, "Looks").
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
    ease: float = 0.0
    """How much softer the looks are with many units: by this with 150, by nothing with 12."""
    alone: float = 1.0
    """The level, as a share of `alpha`, where a second pass was meant and cannot be paid."""
    margin: float = 0.0
    """The candidate need not be better, only not worse by so much (1 is all of the score)."""
    credit: float = math.inf
    """How many passes a run may be ahead of one rollout per task and contest, strict's price."""


LOOKS_TAKE = 1.4
"""The race tests at this multiple of its level: its looks turn away the rest. Measured, not proved:
a candidate as good as the incumbent passes looks and test together at most at the level itself."""

FEW, MANY = 12, 150
"""Units between which the looks of a plan with `ease` get softer: the study's smallest and largest
sets. With more tasks a real gain shows earlier, and what is saved pays for patience."""
HOPELESS_AT = -1.0
"""Looks at a lower z-score are left out: nearly every candidate passes them, and for abs(z) < 1 a
better outcome of any task never turns a passed look into a failed one."""

RACE = Plan(alpha=0.10, most_looks=6, first_z=-0.6, last_z=0.65, later_z=0.7)
EXPLORE = Plan(alpha=0.35, most_looks=8, first_z=-0.8, last_z=0.3, later_z=0.3, ease=0.4)


def looks(plan: Plan, *, units: int, later_pass: bool, last_pass: bool) -> tuple[Look, ...]:
    """The looks of one pass; the last pass ends in the test, not in a look."""
    ease = plan.ease * _share_between(units)
    if later_pass:
        later_z = plan.later_z - ease / 2
        found = [Look(0.5, later_z), Look(1.0, later_z)]
    else:
        count = min(plan.most_looks, max(2, units // 4))
        first_z, last_z = plan.first_z - ease, plan.last_z - ease / 2
        rise = last_z - first_z
        found = [Look(j / count, first_z + rise * j / count) for j in range(1, count + 1)]
    return tuple(look for look in found[: -1 if last_pass else None] if look.z > HOPELESS_AT)


def _share_between(units: int) -> float:
    """0 with few units, 1 with many, by the logarithm between."""
    return min(1.0, max(0.0, math.log(units / FEW) / math.log(MANY / FEW)))


def bound(differences: FloatArray, *, seen: int, z: float) -> float:
    """The sum of paired differences that a candidate must exceed at a look.

    The z-score with a floor under its variance, solved for the sum: `z sqrt(q A / (q + 1 + z^2))`
    with A the sum of squares plus 1/2 (two pseudo-units of variance 1/4).

    Args:
        differences: one per unit.
        seen: units seen, q.
        z: the bar.
    """
    spread = float(differences @ differences) + 0.5
    return z * math.sqrt(seen * spread / (seen + 1 + z * z)) + EPS
