"""The balanced gate: a bar that stands before the candidate runs, at no more than strict's price.

It asks a candidate to be ahead by a margin that grows with the part of the evidence that is mere
run noise, as the run itself has measured it. Where runs are noisy it is a careful gate with a
second pass; where they are not, it becomes the crude rule, with hopeless candidates stopped early.
It keeps the gain of the crude rule and accepts more useless edits than the race: `docs/gate.md`.
"""

from __future__ import annotations

import math
from collections.abc import Generator

import numpy as np

from skillopt.core.gate.contest import Outcome
from skillopt.core.gate.evidence import EPS, Asks, Evidence, IntArray, Play, Ruling, Scores
from skillopt.core.gate.learned import Learned, learned, noise_weight, with_contest

LOOKS = 8
"""Looks in the first pass, at most."""
CAP = 3
"""Tasks with fewer runs of the incumbent get a fresh one, once per candidate that gets far."""
FIRST_THIRD = 1 / 3
WORTH = 0.08
"""More runs are worth it where they take this share off the variance of the comparison."""
STEP_SHARE = 0.6
"""Share of the smallest step between two scores that belongs to the bar."""
NOISE_Z = ((0.33, 0.85), (0.28, 4.0))
"""The bar's z-score with 30 units: sum of factor times a power of the share of run noise."""
SLACK, LATER_SLACK = 0.35, 0.30
"""How far below the bar, as a z-score, a candidate may lie at the end of the first pass, and half
way through the second."""


class Bar:
    """By how much a candidate must be ahead after so many passes."""

    def __init__(self, evidence: Evidence, known: Learned, passes: int) -> None:
        self._evidence = evidence
        self._passes = passes
        noise = known.noise * noise_weight(evidence, passes) * evidence.size
        variance = noise + known.spread * evidence.unit_count
        self.error = math.sqrt(variance)
        """Standard error of the sum of differences over all tasks."""
        self.noise_share = noise / variance if variance else 0.0
        few = (30 / evidence.unit_count) ** 0.125
        z = few * sum(factor * self.noise_share**power for factor, power in NOISE_Z)
        self.height = STEP_SHARE * (evidence.step or 0.0) + z * self.error
        """What the sum of differences must exceed."""

    def least(self, share: float, slack: float) -> float:
        """What the sum must exceed after ``share`` of the tasks for the candidate to go on."""
        z = self.height / self.error - slack if self.error else 0.0
        return z * self.error * math.sqrt(share) + EPS

    def futile(self, seen: int, slack: float) -> Ruling | None:
        """The ruling at a look, or None where the candidate goes on."""
        evidence, total = self._evidence, self._sum()
        if evidence.inconclusive:
            return Ruling(Outcome.INCONCLUSIVE, "missing", total / seen, seen, self._passes)
        least = self.least(seen / evidence.size, slack)
        if total > least:
            return None
        gain, bound = total / seen, least / seen
        return Ruling(Outcome.REJECTED, "futile", gain, seen, self._passes, bound=bound)

    def ruling(self) -> Ruling:
        """The ruling at the end."""
        evidence, total = self._evidence, self._sum()
        kept = int((~evidence.lost).sum())
        gain, bound = total / max(1, kept), self.height / evidence.size
        if evidence.inconclusive or not kept:
            return Ruling(Outcome.INCONCLUSIVE, "missing", gain, evidence.size, self._passes)
        outcome = Outcome.ACCEPTED if total > self.height + EPS else Outcome.REJECTED
        return Ruling(outcome, "margin", gain, evidence.size, self._passes, bound=bound)

    def _sum(self) -> float:
        return float(self._evidence.differences(self._passes).sum())


def balanced(evidence: Evidence, *, passes: int) -> Play:
    """Run the candidate look by look; accept it where it clears the bar at the end.

    Args:
        evidence: what is known of the incumbent.
        passes: with more than one, the second is run where noise makes it worth its price and the
            run has saved enough rollouts to pay for it.
    """
    order = np.random.default_rng([evidence.seed, 0]).permutation(evidence.size)
    known = learned(evidence)
    half_saves = _saves(evidence, known, 0.5)
    futile = yield from _first_pass(evidence, known, order)
    seen = futile.seen if futile else evidence.size
    evidence.spread = with_contest(evidence, order[:seen])
    if futile:
        return futile
    bar = Bar(evidence, known, passes=1)
    worth = passes > 1 and half_saves > WORTH and not evidence.steady
    if not worth or not affordable(evidence, evidence.size):
        return bar.ruling()
    stopped = bar.futile(evidence.size, SLACK)
    if stopped:
        return stopped
    half = math.ceil(evidence.size / 2)
    yield from evidence.run(order[:half], 1)
    stopped = Bar(evidence, known, passes=2).futile(evidence.size, LATER_SLACK)
    if stopped:
        return stopped
    yield from evidence.run(order[half:], 1)
    return Bar(evidence, known, passes=2).ruling()


def affordable(evidence: Evidence, price: int) -> bool:
    """Whether the run stays within one rollout per task and contest, the crude rule's price.

    This contest's sentinels are left out: a candidate that fails one, and is run again, must not
    be spared the second pass for it.
    """
    memory = evidence.memory
    allowed = evidence.size * (memory.contests + 1)
    return memory.rollouts + evidence.asked - evidence.aside + price <= allowed


def _first_pass(
    evidence: Evidence, known: Learned, order: IntArray
) -> Generator[Asks, Scores, Ruling | None]:
    bar = Bar(evidence, known, passes=1)
    slope = 1.8 + 1.2 * (1 - bar.noise_share)
    slack = SLACK + 0.15 * (1 - bar.noise_share)
    count = min(LOOKS, max(2, evidence.unit_count // 4))
    top_up = _top_up(evidence, known)
    done = 0
    for look in range(1, count + 1):
        share = look / count
        until = math.ceil(share * evidence.size - 1e-9)
        due = share > FIRST_THIRD and len(top_up) > 0
        rest = evidence.size - done + len(top_up)
        fresh = top_up if due and affordable(evidence, rest) else None
        yield from evidence.run(order[done:until], 0, top_up=fresh)
        if due:
            top_up = top_up[:0]
        done = until
        ruling = bar.futile(until, slack + slope * (1 - share)) if look < count else None
        if ruling:
            return ruling
    return None


def _top_up(evidence: Evidence, known: Learned) -> IntArray:
    """Tasks whose incumbent deserves a fresh run.

    It makes the comparison sharper, or tells of the run noise, of which nothing is known yet.
    """
    if evidence.steady:
        return np.empty(0, np.intp)
    low = np.flatnonzero(evidence.runs < CAP)
    saved = float(np.sum(1 / evidence.runs[low] - 1 / (evidence.runs[low] + 1))) / evidence.size
    unknown = evidence.repeats == 0
    return low if unknown or _saves(evidence, known, saved) > WORTH else low[:0]


def _saves(evidence: Evidence, known: Learned, runs: float) -> float:
    """The share of the comparison's variance that more runs would take off."""
    bar = Bar(evidence, known, passes=1)
    weight = runs * float(np.mean(evidence.weights**2)) * evidence.size
    return known.noise * weight / bar.error**2 if bar.error else 0.0
