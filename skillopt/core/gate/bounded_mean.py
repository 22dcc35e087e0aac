"""Confidence limits for the mean of bounded scores, honest at the edges and with few units.

The limits are Gaffke's (2005, "Three test statistics for a nonparametric one-sided hypothesis on
the mean of a nonnegative variable", Math. Methods of Statistics 14; Learned-Miller and Thomas 2019,
arXiv 1905.06208). The units get random weights, standard exponential and scaled to sum to 1, and
beside them stands one unit that was not seen, at the far end of the range: the lower limit is the
quantile of the weighted mean. Of scores that are 0 or 1 it is the limit of Clopper and Pearson
(1934), and is proven; for others it is a conjecture, to which no counterexample is known.
Nothing is drawn at random: the quantile comes from the exact distribution.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from skillopt.core.gate.evidence import FloatArray, IntArray, sums_by

CONFIDENCE = 0.95
"""Of every interval that is shown, where nothing else is said."""

_STEP = 0.15
"""Of the sum that stands for the integral; it is right to 9 digits for 10 000 units."""
_GRID = (_STEP * (np.arange(200) + 0.5)).reshape(-1, 20)
"""Where the path is evaluated, in parts, until one ends below what counts."""
_SMALL = 1e-14
_CLOSE = 1e-9
"""How far a limit may be from its exact value, as a share of its distance to the range's end."""
_STEEPEST = 0.8
"""How far the path of integration may bend from the vertical."""
_NOTHING = 1e-13
"""What is so small beside the largest, or beside a whole point, is rounding."""


class Sample(NamedTuple):
    """Independent units, those that are alike counted together."""

    sums: FloatArray
    """Of the weighted scores of a unit's tasks."""
    weights: FloatArray
    """Of a unit: the sum over its tasks."""
    counts: FloatArray
    """How many units are alike; a fraction where the number of units is an estimate."""

    @property
    def mean(self) -> float:
        """The weighted mean score."""
        return float(self.counts @ self.sums / (self.counts @ self.weights))

    @property
    def mirrored(self) -> Sample:
        """The same with every score's sign changed."""
        return self._replace(sums=-self.sums)


def sample_of(values: FloatArray, weights: FloatArray, units: IntArray) -> Sample:
    """The units of some tasks.

    Args:
        values: the tasks' scores, or differences of scores.
        weights: of the tasks.
        units: the number of each task's unit.
    """
    sums, sizes = sums_by(units, weights * values), sums_by(units, weights)
    unlike, counts = np.unique(np.column_stack([sums, sizes]), axis=0, return_counts=True)
    return Sample(unlike[:, 0], unlike[:, 1], counts.astype(np.float64))


def share_interval(rate: float, count: float) -> tuple[float, float]:
    """95 % interval of a share (Clopper and Pearson 1934).

    Args:
        rate: the share that was seen.
        count: of how many; need not be whole.
    """
    counts = np.array([rate * count, (1 - rate) * count])
    return interval(Sample(np.array([1.0, 0.0]), np.ones(2), counts), limits=(0.0, 1.0))


def interval(
    sample: Sample, *, limits: tuple[float, float], within: float = CONFIDENCE
) -> tuple[float, float]:
    """The two-sided interval of the mean over all units that might have been drawn.

    Args:
        sample: what was drawn.
        limits: between which every score lies.
        within: how often it covers, at least.
    """
    error = (1 - within) / 2
    low = _lower_limit(sample, lowest=limits[0], error=error)
    return low, -_lower_limit(sample.mirrored, lowest=-limits[1], error=error)


def p_value(sample: Sample, mean: float, *, lowest: float) -> float:
    """One-sided, of the hypothesis that the true mean is ``mean`` or less.

    It is at most ``error`` exactly where the lower limit for that error is at least ``mean``. The
    unseen unit weighs as much as the heaviest one seen.

    Args:
        sample: what was drawn.
        mean: the hypothesis.
        lowest: below which no score lies.
    """
    above = np.append(sample.sums - mean * sample.weights, sample.weights.max() * (lowest - mean))
    return _chance_of_no_more_than_zero(above, np.append(sample.counts, 1.0))


def _lower_limit(sample: Sample, *, lowest: float, error: float) -> float:
    """The mean whose p-value is ``error``: by false position (Illinois), kept inside a bracket."""
    low, high = lowest, sample.mean
    if high - lowest <= _NOTHING:
        return lowest
    at_low, at_high = -error, p_value(sample, high, lowest=lowest) - error
    tolerance, rose = _CLOSE * (high - low), None
    for _ in range(200):
        if high - low <= tolerance:
            break
        between = high - at_high * (high - low) / (at_high - at_low)
        between = min(max(between, low + tolerance / 2), high - tolerance / 2)
        found = p_value(sample, between, lowest=lowest) - error
        if found > 0:
            high, at_high = between, found
            at_low, rose = (at_low / 2 if rose is False else at_low), False
        else:
            low, at_low = between, found
            at_high, rose = (at_high / 2 if rose else at_high), True
    return low


def _chance_of_no_more_than_zero(factors: FloatArray, counts: FloatArray) -> float:
    """P(sum of factor times exponential <= 0), each as often as its count says.

    The inverse of the moment generating function M, the integral of M(s)/s, over a hyperbola
    through the saddle point, where the trapezoidal rule converges geometrically.
    """
    factors = factors / max(float(np.abs(factors).max()), np.finfo(np.float64).tiny)
    known = (counts > 0) & (np.abs(factors) > _NOTHING)
    factors, counts = factors[known], counts[known]
    if not len(factors) or factors.max() < 0:
        return 1.0
    if factors.min() > 0:
        return 0.0
    if counts @ factors < 0:
        return 1.0 - _tail(-factors, counts)
    return _tail(factors, counts)


def _tail(factors: FloatArray, counts: FloatArray) -> float:
    """The same where the sum's mean is not negative and both signs occur."""
    saddle = _saddle(factors, counts)
    parts = factors / (1 - saddle * factors)
    second = float(counts @ parts**2) + saddle**-2
    third = 2 * float(counts @ parts**3) - 2 * saddle**-3
    width = 1 / math.sqrt(second)
    bend = min(_STEEPEST, max(-_STEEPEST, third * width / (3 * second)))
    total = 0.0
    for at in _GRID:
        path = saddle + width * (bend * (np.cosh(at) - 1) + 1j * np.sinh(at))
        pace = width * (bend * np.sinh(at) + 1j * np.cosh(at))
        moments = np.exp(-(np.log(1 - np.multiply.outer(path, factors)) * counts).sum(axis=1))
        parts = moments / path * pace
        total += float(parts.imag.sum())
        if abs(parts[-1]) < _SMALL:
            break
    return -total * _STEP / math.pi


def _saddle(factors: FloatArray, counts: FloatArray) -> float:
    """Where log M(s) - log(-s) is least, for s < 0: by Newton's method, kept inside a bracket."""
    low, high = 1 / float(factors.min()), 0.0
    mean, variance = float(counts @ factors), float(counts @ factors**2)
    at = -(mean + math.sqrt(mean * mean + 4 * variance)) / (2 * variance)
    for _ in range(60):
        if not low < at < high:
            at = (low + high) / 2
        parts = factors / (1 - at * factors)
        slope = float(counts @ parts) - 1 / at
        if slope > 0:
            high = at
        else:
            low = at
        step = slope / (float(counts @ parts**2) + at**-2)
        at -= step
        if abs(step) <= 1e-4 * abs(at):  # the path need not be the best one
            break
    return at if low < at < high else (low + high) / 2
