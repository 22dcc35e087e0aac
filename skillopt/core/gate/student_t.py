"""Student's t distribution for whole degrees of freedom, without scipy (its import costs a second).

The distribution function in closed form: Abramowitz and Stegun, 26.7.3 and 26.7.4.
"""

from __future__ import annotations

import math


def t_within(t: float, freedom: int) -> float:
    """P(-t < T < t) for t >= 0."""
    angle = math.atan2(t, math.sqrt(freedom))
    cosine, sine = math.cos(angle), math.sin(angle)
    if freedom % 2:
        term = total = cosine if freedom > 1 else 0.0
        for k in range(3, freedom - 1, 2):
            term *= cosine * cosine * (k - 1) / k
            total += term
        return 2 / math.pi * (angle + sine * total)
    term = total = 1.0
    for k in range(2, freedom - 1, 2):
        term *= cosine * cosine * (k - 1) / k
        total += term
    return sine * total


def t_quantile(within: float, freedom: int) -> float:
    """The t >= 0 with P(-t < T < t) = ``within``; e.g. 0.95 for a two-sided 95 % interval.

    Raises:
        ValueError: ``within`` is not inside (0, 1), or ``freedom`` is below 1.
    """
    if not 0 < within < 1 or freedom < 1:
        raise ValueError(f"no t quantile for {within} with {freedom} degrees of freedom")
    low, high = 0.0, 2.0
    while t_within(high, freedom) < within:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        if t_within(middle, freedom) < within:
            low = middle
        else:
            high = middle
    return high
