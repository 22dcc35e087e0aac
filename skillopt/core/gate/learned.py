"""What the run has taught the gate by now: run noise, and how far versions lie apart.

Both are estimated from finished contests and from the first version's first runs; the bar stands
before the candidate runs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from skillopt.core.gate.contest import Spread
from skillopt.core.gate.evidence import Evidence, IntArray

NOISE_BELIEF, SPREAD_BELIEF = 15.0, 30.0
"""How many observations the first impression counts for, beside what is measured later."""
LEAST_SCATTER = 0.02
NOISE_SHARE, NOISE_SHARE_PASS_FAIL = 0.20, 0.45
"""First guess: the share of the scores' variance that is run noise, with fine grades and with pass
or fail (reruns of agents with pass or fail: 0.23 to 0.70; arXiv 2512.06710, 2602.07150)."""
TOUCHED = 0.5
"""First guess: an edit moves a quarter of the tasks, each by twice their variance."""
LEAST_SPREAD = 0.05


class Learned(NamedTuple):
    """Variances, in squared scores."""

    noise: float
    """Of one run around its task's mean."""
    spread: float
    """Of a unit's true difference between candidate and incumbent."""


def learned(evidence: Evidence) -> Learned:
    """The estimates by now: what was measured, weighed with a first impression.

    Called before the candidate runs, they rest on finished contests and the incumbent alone.
    """
    step, scatter = evidence.step or 0.0, max(evidence.scatter or 0.0, LEAST_SCATTER)
    share = NOISE_SHARE + (NOISE_SHARE_PASS_FAIL - NOISE_SHARE) * min(1.0, step)
    guess = share * scatter
    noise = _weighed(evidence.squares, evidence.repeats, guess, NOISE_BELIEF)
    if evidence.steady:
        noise = 0.0
    seen = evidence.spread
    squares = max(seen.squares - noise * seen.noise_weight, LEAST_SPREAD * seen.squares)
    first = TOUCHED * (scatter - guess) * float(np.mean(evidence.by_unit(evidence.weights) ** 2))
    return Learned(noise, _weighed(squares, seen.units, first, SPREAD_BELIEF))


def noise_share(known: Learned) -> float:
    """Run noise as a share of both variances."""
    total = known.noise + known.spread
    return known.noise / total if total else 0.0


def noise_weight(evidence: Evidence, passes: int) -> float:
    """What the noise of one run counts for in the mean over tasks of squared differences."""
    repeats = 1 / passes + float(np.mean(1 / evidence.runs))
    return repeats * float(np.mean(evidence.weights**2))


def with_contest(evidence: Evidence, seen: IntArray) -> Spread:
    """The record of spreads, with the first pass of this contest (its tasks ``seen``) entered."""
    differences = evidence.by_unit(evidence.differences(1))
    kept = seen[~evidence.lost[seen]]
    before = evidence.spread
    return Spread(
        squares=before.squares + float(differences @ differences),
        noise_weight=before.noise_weight + noise_weight(evidence, 1) * len(kept),
        units=before.units + evidence.units_in(kept),
    )


def _weighed(sum_: float, count: float, guess: float, belief: float) -> float:
    return (sum_ + belief * guess) / (count + belief)
