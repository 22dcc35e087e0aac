"""The paired sign-flip test: one sign per unit (Fisher 1935; Good 2005, section 3.2)."""

from __future__ import annotations

import numpy as np

from skillopt.core.gate.evidence import EPS, FloatArray

FLIPS = 2000
"""Sign vectors of the test; the first one is the observed assignment."""
ALL_UP_TO = 10
"""Up to so many units with a difference every assignment is counted: the p-value is exact."""


def flip_test(differences: FloatArray, *, seed: int) -> float:
    """The one-sided p-value: the share of sign assignments whose sum is at least the observed one.

    Units with a difference of 0 contribute nothing under any sign and are left out. A larger
    difference in any unit never makes the p-value larger.

    Args:
        differences: one per unit.
        seed: of the sign vectors; the test is exact for any of them.
    """
    count = len(differences)
    signs = _all_signs(count) if count <= ALL_UP_TO else _some_signs(count, seed)
    return float(np.mean(signs @ differences >= differences.sum() - EPS))


def _all_signs(count: int) -> FloatArray:
    numbers = np.arange(2**count)[:, None] >> np.arange(count)
    return np.where(numbers & 1, -1.0, 1.0)


def _some_signs(count: int, seed: int) -> FloatArray:
    width = -(-count // 8)
    raw = np.frombuffer(np.random.default_rng([seed, 1]).bytes(FLIPS * width), np.uint8)
    bits = np.unpackbits(raw.reshape(FLIPS, width), axis=1, count=count)
    signs: FloatArray = np.where(bits, -1.0, 1.0)
    signs[0] = 1.0
    return signs
