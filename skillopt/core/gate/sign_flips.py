"""The paired sign-flip test: one sign per unit (Fisher 1935; Good 2005, section 3.2)."""

from __future__ import annotations

import numpy as np

from skillopt.core.gate.evidence import EPS, FloatArray

FLIPS = 2000
"""Sign vectors of the test: the observed assignment, random ones, and the opposite of each."""
ALL_UP_TO = 10
"""Up to so many units with a difference every assignment is counted: the p-value is exact."""


def flip_test(differences: FloatArray, *, seed: int) -> float:
    """The one-sided p-value: the share of sign assignments whose sum is at least the observed one.

    A larger difference in any unit never makes the p-value larger. Each assignment is counted with
    its opposite, so that the p-value is at most one half exactly where the sum is above 0.

    Args:
        differences: one per unit.
        seed: of the sign vectors; the test is exact for any of them.
    """
    count = len(differences)
    signs = _half_of_all(count) if count <= ALL_UP_TO else _some_signs(count, seed)
    sums, least = signs @ differences, float(differences.sum()) - EPS
    return float(np.mean(sums >= least) + np.mean(-sums >= least)) / 2


def _half_of_all(count: int) -> FloatArray:
    """Every assignment in which the last unit keeps its sign; their opposites are the others."""
    numbers = np.arange(2 ** max(0, count - 1))[:, None] >> np.arange(count)
    return np.where(numbers & 1, -1.0, 1.0)


def _some_signs(count: int, seed: int) -> FloatArray:
    width, half = -(-count // 8), FLIPS // 2
    raw = np.frombuffer(np.random.default_rng([seed, 1]).bytes(half * width), np.uint8)
    bits = np.unpackbits(raw.reshape(half, width), axis=1, count=count)
    signs: FloatArray = np.where(bits, -1.0, 1.0)
    signs[0] = 1.0
    return signs
