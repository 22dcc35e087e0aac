"""The best sequential rule for the worlds of `simulated.py`, which knows how edits are drawn.

Beliefs are exact mixtures over discrete latents: each task's success probability on a grid, and
what an edit is worth and touches on another. The stopping rule is backward induction over the
posterior reward, its continuation values estimated by regression on simulated contests (Chernoff,
*Sequential Analysis and Optimal Design*, 1972; Longstaff and Schwartz, *Valuing American options
by simulation*, Review of Financial Studies 14, 2001). Functions of arrays: one row a run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

from tests.benchmarks.simulated import World

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

CELLS = 16
"""Success probabilities that a belief tells apart, closer together near 0 and 1."""
SIZES, TOUCHES = 4, 2
"""Sizes of an edit, and shares of tasks it touches, that a belief tells apart."""
BINS = 40
"""Of the regression of what going on is worth."""

POINTS: Floats = np.sin(np.pi / 2 * (np.arange(CELLS) + 0.5) / CELLS) ** 2


class Edits(NamedTuple):
    """What an edit may be: one entry a hypothesis."""

    worth: Floats
    share: Floats
    weight: Floats
    """Prior probability."""


class Told(NamedTuple):
    """What is known of a run's incumbent beside its scores: one row a run."""

    quality: Floats
    icc: Floats


class Posterior(NamedTuple):
    """Of the edit, one row a run."""

    weight: Floats
    """By hypothesis."""
    touched: Floats
    """P(touched) by task."""
    fresh: Floats
    """Mean success probability of what was touched."""


def edits_of(world: World) -> Edits:
    """The prior of edits, its ranges cut into equal parts."""
    sizes, touches = _parts(world.worth, SIZES), _parts(world.touch, TOUCHES)
    worth = np.concatenate([sizes, [0.0], -sizes])
    weight = np.concatenate(
        [
            np.full(SIZES, world.helps / SIZES),
            [1 - world.helps - world.harms],
            np.full(SIZES, world.harms / SIZES),
        ]
    )
    return Edits(
        worth=np.repeat(worth, TOUCHES),
        share=np.tile(touches, len(worth)),
        weight=np.repeat(weight, TOUCHES) / TOUCHES,
    )


def beta_masses(mean: Floats, icc: Floats, points: Floats = POINTS) -> Floats:
    """Beta distributions on the grid, with their means kept exactly; one row a run."""
    mean = np.clip(mean, 0.02, 0.98)
    spread = 1 / icc - 1
    edges = np.sin(np.pi / 2 * np.linspace(0, 1, len(points) + 1)) ** 2
    below = betainc((mean * spread)[:, None], ((1 - mean) * spread)[:, None], edges[None, :])
    mass = np.diff(below, axis=1)
    off = mean - mass @ points
    centred = points[None, :] - (mass @ points)[:, None]
    variance = (mass * centred**2).sum(axis=1)
    mass = np.maximum(mass * (1 + (off / variance)[:, None] * centred), 1e-12)
    kept: Floats = mass / mass.sum(axis=1, keepdims=True)
    return kept


def likelihood(successes: Ints, failures: Ints, points: Floats = POINTS) -> Floats:
    """P(scores in that order) at each point of the grid; a new last axis."""
    most = int(max(successes.max(initial=0), failures.max(initial=0)))
    up = points[None, :] ** np.arange(most + 1)[:, None]
    down = (1 - points)[None, :] ** np.arange(most + 1)[:, None]
    found: Floats = up[successes] * down[failures]
    return found


def fresh_chance(mean: Floats, spread: Floats, successes: int, failures: int) -> Floats:
    """P(scores in that order) of a task drawn anew from a Beta distribution."""
    above, below = mean * spread, (1 - mean) * spread
    found = np.ones(np.broadcast(mean, spread).shape)
    for at in range(successes):
        found = found * (above + at) / (spread + at)
    for at in range(failures):
        found = found * (below + at) / (spread + successes + at)
    return found


class Belief:
    """What the rule believes of the incumbent's tasks and of one candidate."""

    def __init__(self, masses: Floats, edits: Edits, told: Told, points: Floats = POINTS) -> None:
        self.masses = masses
        """P(success probability) by run, task and point of the grid."""
        self.points = points
        self.edits = edits
        self.told = told
        quality = told.quality[:, None]
        worth = np.clip(quality + edits.worth, 0.04, 0.96) - quality
        room = np.where(worth > 0, 0.97 - quality, quality - 0.03)
        self.worth: Floats = worth
        """By run and hypothesis, cut where quality ends."""
        self.share: Floats = np.minimum(
            1.0, np.maximum(edits.share, np.abs(worth) / np.maximum(room, 1e-9))
        )
        self.fresh: Floats = np.clip(quality + worth / self.share, 0.02, 0.98)
        self.spread: Floats = (1 / told.icc - 1)[:, None]

    def of_runs(self, rows: Ints) -> Belief:
        """The same of some of the runs."""
        told = Told(self.told.quality[rows], self.told.icc[rows])
        return Belief(self.masses[rows], self.edits, told, self.points)

    def _chances(self, successes: Ints, failures: Ints) -> tuple[Floats, Ints, Floats]:
        """P(a task's scores) where the edit left it alone, by run and task; and where it touched it.

        The second is a table by run, kind of outcome and hypothesis, with each task's kind.
        """
        seen = likelihood(successes, failures, self.points)
        alone = np.einsum("wng,wng->wn", self.masses, seen)
        most = int(failures.max(initial=0))
        kinds = [
            fresh_chance(self.fresh, self.spread, won, lost)
            for won in range(int(successes.max(initial=0)) + 1)
            for lost in range(most + 1)
        ]
        return alone, successes * (most + 1) + failures, np.stack(kinds, axis=1)

    def evidence(self, successes: Ints, failures: Ints, order: Ints, starts: list[int]) -> Floats:
        """Log likelihood of each hypothesis by run and segment of the tasks in this order."""
        alone, code, table = self._chances(successes, failures)
        rows = np.arange(len(code))[:, None]
        alone, code = alone[rows, order], code[rows, order]
        moved = self.share[:, None, :] * table
        found = moved[rows, code]
        found += (1 - self.share)[:, None, :] * alone[:, :, None]
        logs: Floats = np.log(np.multiply.reduceat(found, starts, axis=1))
        return logs

    def weights(self, evidence: Floats) -> Floats:
        """The posterior by run and hypothesis, given summed log likelihoods of all tasks."""
        logs = evidence + np.log(np.maximum(self.edits.weight, 1e-300))
        raw = np.exp(logs - logs.max(axis=-1, keepdims=True))
        found: Floats = raw / raw.sum(axis=-1, keepdims=True)
        return found

    def posterior(self, successes: Ints, failures: Ints) -> Posterior:
        """Of the edit, given all its runs."""
        alone, code, table = self._chances(successes, failures)
        part = (self.share[:, None, :] * table)[np.arange(len(code))[:, None], code]
        whole = part + (1 - self.share)[:, None, :] * alone[:, :, None]
        weight = self.weights(np.log(whole).sum(axis=1))
        part /= whole
        mixed = (part @ weight[:, :, None])[:, :, 0]
        moved = weight * self.share
        fresh = (moved * self.fresh).sum(axis=1) / moved.sum(axis=1)
        return Posterior(weight, mixed, fresh)

    def after(self, successes: Ints, failures: Ints, accepted: Bools) -> Floats:
        """The masses of the next incumbent: what a refused candidate showed of the old one too."""
        found = self.posterior(successes, failures)
        seen = likelihood(successes, failures, self.points)
        left = _scaled(self.masses * seen)
        drawn = beta_masses(found.fresh, self.told.icc, self.points)[:, None, :]
        anew = np.where(accepted[:, None, None], _scaled(drawn * seen), self.masses)
        moved = found.touched[:, :, None]
        kept: Floats = moved * anew + (1 - moved) * left
        return kept


class Stops(NamedTuple):
    """Go on at a look while the posterior reward lies between; by phase of the run and look."""

    low: Floats
    high: Floats


def best_stops(rewards: Floats, prices: Floats, phases: Ints, count: int) -> Stops:
    """Backward induction over simulated contests.

    Args:
        rewards: posterior reward of accepting, by contest and look; 0 is that of refusing.
        prices: of going on from each look to the next, in rewards.
        phases: of each contest, from 0.
        count: phases.
    """
    looks = rewards.shape[1]
    low, high = np.zeros((count, looks)), np.zeros((count, looks))
    for phase in range(count):
        paths = rewards[phases == phase]
        value = np.maximum(paths[:, -1], 0.0)
        for look in range(looks - 2, -1, -1):
            now = paths[:, look]
            going = continuation(now, value) - prices[look]
            low[phase, look], high[phase, look] = region(now, going)
            inside = (now > low[phase, look]) & (now < high[phase, look])
            value = np.where(inside, value - prices[look], np.maximum(now, 0.0))
    return Stops(low, high)


def continuation(now: Floats, later: Floats) -> Floats:
    """E[later value | reward now], by bins of equal size and lines between their means."""
    order = np.argsort(now)
    parts = np.array_split(order, min(BINS, max(1, len(now) // 50)))
    at = [float(now[part].mean()) for part in parts]
    means = [float(later[part].mean()) for part in parts]
    found: Floats = np.interp(now, at, means)
    return found


def region(now: Floats, going: Floats) -> tuple[float, float]:
    """Rewards around 0 between which going on is worth more than stopping; (0, 0) for none."""
    order = np.argsort(now)
    ahead = (going - np.maximum(now, 0.0))[order] > 0
    if not ahead.any():
        return 0.0, 0.0
    sorted_ = now[order]
    best = int(np.argmax(np.where(ahead, (going - np.maximum(now, 0.0))[order], -np.inf)))
    first = best - int(np.argmin(ahead[: best + 1][::-1])) if not ahead[: best + 1].all() else -1
    rest = ahead[best:]
    last = best + int(np.argmin(rest)) if not rest.all() else len(now)
    low = -np.inf if first < 0 else float(sorted_[first])
    high = np.inf if last >= len(now) else float(sorted_[last])
    return low, high


def enumerated_value(worth: Sequence[float], tree: Floats, price: float) -> float:
    """The best rule's value by trying every history; for a few tasks, as a check.

    Args:
        worth: of each hypothesis.
        tree: P(hypothesis and all scores) with one axis for hypotheses and one of two a task.
        price: of one rollout.
    """
    now = max(0.0, float(np.tensordot(np.asarray(worth), tree.reshape(len(worth), -1), 1).sum()))
    if tree.ndim == 1:
        return now
    paid = price * float(tree.sum())
    going = sum(enumerated_value(worth, tree[:, score], price) for score in (0, 1)) - paid
    return max(now, going)


def _parts(limits: tuple[float, float], count: int) -> Floats:
    low, high = limits
    found: Floats = low + (high - low) * (np.arange(count) + 0.5) / count
    return found


def _scaled(masses: Floats) -> Floats:
    found: Floats = masses / np.maximum(masses.sum(axis=2, keepdims=True), 1e-300)
    return found
