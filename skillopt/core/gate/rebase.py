"""The record of a candidate that was accepted, with the winner's curse taken out.

A candidate is accepted in part because its runs were lucky. Its raw mean as the next baseline
would hold later candidates against that luck. The new record therefore claims the posterior mean
of the gain, not the measured one (`docs/gate-in-full.md`, "Re-basing").
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from skillopt.core.gate.evidence import BoolArray, Evidence, FloatArray

SMALL, LARGE, SMALL_SHARE = 0.03, 0.15, 0.8
"""The prior of a true gain: small in four cases of five, large in one (standard deviations)."""


class Succession(NamedTuple):
    """How much of the past a new record keeps."""

    kept: float
    """Weight of the old record in the new one: an edit leaves most tasks as they were."""
    curse: float = 0.0
    """Share of the measured gain that is credited as it stands, unshrunk. It raises the bar for
    the next candidate by as much as this one may have been lucky."""
    noise: float | None = None
    """Variance of one run, where the run has estimated it; None takes this contest's repeats."""


def rebased(
    evidence: Evidence, passes: int, succession: Succession
) -> tuple[FloatArray, FloatArray, float]:
    """Totals and numbers of runs of the new incumbent, and the gain it is credited with.

    What is taken off (or added) goes to the tasks on which the candidate did better, in proportion:
    there is where luck can have been. Elsewhere the record is what was measured.
    """
    means = evidence.candidate_means(passes)
    known = ~np.isnan(means) & ~evidence.lost
    run_noise = noise_of_gain(evidence, passes, known, learned=succession.noise)
    differences = evidence.differences(passes)
    measured = float(differences.sum()) / evidence.size
    shrunk = shrunk_gain(evidence, passes, run_noise=run_noise)
    gain = succession.curse * measured + (1 - succession.curse) * shrunk
    kept = np.where(known & (run_noise <= 0), 0.0, succession.kept) * evidence.runs
    runs = np.where(known, float(passes), 0.0) + kept
    sums = np.where(known, np.nan_to_num(means) * passes, 0.0)
    record = np.where(runs > 0, sums + kept * evidence.baseline, evidence.total)
    runs = np.where(runs > 0, runs, evidence.runs)
    record = record / runs
    aim = evidence.weights @ evidence.baseline / evidence.size + gain
    lacking = (aim - evidence.weights @ record / evidence.size) * evidence.size
    better = np.maximum(differences, 0.0)
    if better.sum() > 0:
        record = record + better / evidence.weights * lacking / better.sum()
    return record * runs, runs, gain


def shrunk_gain(evidence: Evidence, passes: int, *, run_noise: float) -> float:
    """Posterior mean of the gain on these tasks, given the measured one.

    Args:
        evidence: the contest's.
        passes: that were run.
        run_noise: the part of the measured gain's variance that comes from runs, not tasks.
    """
    units = evidence.by_unit(evidence.differences(passes))
    measured = float(units.sum()) / evidence.size
    if run_noise <= 0:
        return measured
    luck = max(0.0, sampling_variance(evidence, passes) - run_noise)
    top = below = 0.0
    for share, spread in ((SMALL_SHARE, SMALL), (1 - SMALL_SHARE, LARGE)):
        prior = spread**2 + luck
        total = prior + run_noise
        likelihood = share * math.exp(-(measured**2) / (2 * total)) / math.sqrt(total)
        top += likelihood * measured * prior / total
        below += likelihood
    return top / below


def sampling_variance(evidence: Evidence, passes: int) -> float:
    """Of the mean paired difference, over draws of units."""
    units = evidence.by_unit(evidence.differences(passes))
    return float(units.var()) * len(units) / evidence.size**2


def noise_of_gain(
    evidence: Evidence, passes: int, known: BoolArray, *, learned: float | None
) -> float:
    """The variance of the measured gain that comes from run noise, both arms; 0 where none."""
    total = sampling_variance(evidence, passes)
    if evidence.steady:
        return 0.0
    if learned is not None:
        variance = learned
    elif passes > 1:
        spread = (evidence.trials[0] - evidence.trials[1]) ** 2 / 2
        variance = float(np.nanmean(np.where(known, spread, np.nan))) if known.any() else 0.0
    else:
        measured = evidence.noise.variance
        if measured is None:
            return total / 2
        variance = measured
    repeats = 1 / passes + float(np.mean(1 / evidence.runs))
    return min(variance * repeats / evidence.size, total)
