"""Whole runs of many proposals under the rules of `optimal_rule.py`, many runs at once.

The proposals are those of `simulated.one_run` with the same seed, so that runs can be paired.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from tests.benchmarks.optimal_rule import (
    POINTS,
    Belief,
    Bools,
    Edits,
    Floats,
    Ints,
    Stops,
    Told,
    beta_masses,
    best_stops,
    edits_of,
)
from tests.benchmarks.simulated import World

SEGMENTS = 8
"""Looks of a pass."""
PHASE_STARTS = (0, 6)
"""Contests from which on a run's later stops are learned separately."""
USELESS = 1e-9
CHUNK = 100
"""Runs that are simulated at once."""


class Schedule(NamedTuple):
    """What `simulated.one_run` draws of a run's edits, one row a run."""

    icc: Floats
    quality: Floats
    kind: Floats
    size: Floats
    share: Floats


class Columns(NamedTuple):
    """One entry a run, as in `simulated.Tally`."""

    gain: Floats
    rollouts: Floats
    useless: Floats
    useless_accepted: Floats
    harmful: Floats
    harmful_accepted: Floats
    worse: Floats


@dataclass(frozen=True)
class Rule:
    """A Bayesian rule: what it knows, what it may do, and when it stops."""

    stops: Stops | None = None
    """None goes to the end of every contest."""
    passes: int = 2
    knows_incumbent: bool = False
    """The incumbent's success probabilities, for nothing: no rule can do better than this one."""
    knows_run: bool = True
    """The quality of the current version, and how much tasks differ; else their means a priori,
    and what was accepted since."""
    useless_price: float = 0.0
    """What accepting an edit that does not improve costs, in worth."""
    order: str = "random"


@dataclass
class Traces:
    """Posterior rewards of all looks of all contests, for learning when to stop."""

    rewards: list[Floats] = field(default_factory=list)
    phases: list[Ints] = field(default_factory=list)


def schedule(world: World, tasks: int, seeds: Sequence[int]) -> Schedule:
    """The edits of the runs with these seeds."""
    first: list[tuple[float, float]] = []
    rows: list[list[tuple[float, float, float]]] = []
    for seed in seeds:
        rng = np.random.default_rng([seed, tasks, 1])
        first.append((rng.uniform(*world.icc), rng.uniform(*world.quality)))
        row = []
        for _ in range(world.rounds):
            row.append((rng.random(), rng.uniform(*world.worth), rng.uniform(*world.touch)))
            rng.random()
            rng.integers(2**31)
        rows.append(row)
    begun, edits = np.array(first), np.array(rows)
    return Schedule(begun[:, 0], begun[:, 1], edits[:, :, 0], edits[:, :, 1], edits[:, :, 2])


class Runs:
    """The truth of many runs at once."""

    def __init__(self, world: World, tasks: int, seeds: Sequence[int]) -> None:
        self.world, self.tasks = world, tasks
        self.rng = np.random.default_rng([seeds[0], len(seeds), tasks, 3])
        self.plan = schedule(world, tasks, seeds)
        self.quality = self.plan.quality.copy()
        self.rates = self.drawn(self.quality)
        self.sums = {name: np.zeros(len(seeds)) for name in Columns._fields}
        self.sums["rollouts"] += tasks

    def drawn(self, mean: Floats) -> Floats:
        """A success probability for every task."""
        mean = np.clip(mean, 0.02, 0.98)[:, None]
        spread = (1 / self.plan.icc - 1)[:, None]
        shape = (len(mean), self.tasks)
        found: Floats = self.rng.beta(
            np.broadcast_to(mean * spread, shape), np.broadcast_to((1 - mean) * spread, shape)
        )
        return found

    def proposed(self, number: int) -> tuple[Floats, Floats]:
        """Worth of the edits of this round, and the candidates' success probabilities."""
        world, plan, quality = self.world, self.plan, self.quality
        kind, size = plan.kind[:, number], plan.size[:, number]
        worth = np.where(kind < world.helps, size, np.where(kind > 1 - world.harms, -size, 0.0))
        worth = np.clip(quality + worth, 0.04, 0.96) - quality
        worth[np.abs(worth) < USELESS] = 0.0
        room = np.where(worth > 0, 0.97 - quality, quality - 0.03)
        share = np.minimum(1, np.maximum(plan.share[:, number], np.abs(worth) / room))
        touched = self.rng.random(self.rates.shape) < share[:, None]
        fresh = self.drawn(quality + worth / share)
        return worth, np.where(touched, fresh, self.rates)

    def scores(self, rates: Floats, passes: int) -> Ints:
        """Of so many runs of every task: run, pass, task."""
        drawn = self.rng.random((len(rates), passes, self.tasks)) < rates[:, None, :]
        return drawn.astype(np.intp)

    def decide(self, worth: Floats, candidate: Floats, accepted: Bools, price: Floats) -> None:
        """Count the verdicts and go on."""
        for name, there in (("useless", worth <= 0), ("harmful", worth <= -0.01 + 1e-12)):
            self.sums[name] += there
            self.sums[f"{name}_accepted"] += there & accepted
        self.sums["rollouts"] += price
        self.rates = np.where(accepted[:, None], candidate, self.rates)
        self.quality = self.quality + np.where(accepted, worth, 0.0)

    def columns(self) -> Columns:
        """After the last verdict."""
        gain = self.quality - self.plan.quality
        self.sums |= {"gain": gain, "worse": (gain < -USELESS).astype(np.float64)}
        return Columns(**self.sums)


def bayes_runs(
    world: World, tasks: int, seeds: Sequence[int], rule: Rule, traces: Traces | None = None
) -> Columns:
    """Runs under a Bayesian rule."""
    runs, edits = Runs(world, tasks, seeds), edits_of(world)
    told, masses = _begun(runs, rule)
    ends = boundaries(tasks)
    prices = spent(tasks, rule.passes)
    for number in range(world.rounds):
        if rule.knows_run:
            told = Told(runs.quality, runs.plan.icc)
        if rule.knows_incumbent:
            masses = known_masses(runs.rates)
        belief = Belief(masses, edits, told)
        worth, candidate = runs.proposed(number)
        scores = runs.scores(candidate, rule.passes)
        order = task_order(runs, belief, rule)
        weights = belief.weights(look_evidence(belief, scores, order, ends))
        reward = rewards_of(belief, weights, rule)
        phase = sum(number >= start for start in PHASE_STARTS) - 1
        stop = stopped_at(reward, rule.stops, phase)
        rows = np.arange(len(stop))
        accepted = reward[rows, stop] > 0
        if traces is not None:
            traces.rewards.append(reward)
            traces.phases.append(np.full(len(reward), phase))
        if not rule.knows_incumbent:
            won, lost = counts_at(scores, order, ends, stop)
            masses = belief.after(won, lost, accepted)
        if not rule.knows_run:
            hoped = np.einsum("wh,wh->w", weights[rows, stop], belief.worth)
            quality = np.clip(told.quality + np.where(accepted, hoped, 0.0), 0.04, 0.96)
            told = told._replace(quality=quality)
        runs.decide(worth, candidate, accepted, prices[stop])
    return runs.columns()


def crude_runs(world: World, tasks: int, seeds: Sequence[int], errors: float) -> Columns:
    """One pass; accept where the mean paired difference exceeds so many of its standard errors.

    With 0 it is the strict rule. The winning scores are the next record.
    """
    runs = Runs(world, tasks, seeds)
    record = runs.scores(runs.rates, 1)[:, 0]
    for number in range(world.rounds):
        worth, candidate = runs.proposed(number)
        scores = runs.scores(candidate, 1)[:, 0]
        differences = scores - record
        error = differences.std(axis=1, ddof=1) / np.sqrt(tasks)
        accepted = differences.mean(axis=1) > errors * error + USELESS
        record = np.where(accepted[:, None], scores, record)
        runs.decide(worth, candidate, accepted, np.full(len(worth), float(tasks)))
    return runs.columns()


def _begun(runs: Runs, rule: Rule) -> tuple[Told, Floats]:
    """What is believed after the incumbent's first run on every task."""
    first = runs.scores(runs.rates, 1)[:, 0]
    told = Told(runs.quality, runs.plan.icc)
    if not rule.knows_run:
        told = guessed(runs.world, first)
    masses = np.repeat(beta_masses(told.quality, told.icc)[:, None, :], runs.tasks, axis=1)
    seen = np.where(first[:, :, None] == 1, POINTS, 1 - POINTS)
    masses = masses * seen
    return told, masses / masses.sum(axis=2, keepdims=True)


def guessed(world: World, first: Ints) -> Told:
    """Quality and likeness of runs as the prior and one run of every task have them."""
    low, high = world.quality
    icc = sum(world.icc) / 2
    middle = (low + high) / 2
    prior, noise = (high - low) ** 2 / 12, middle * (1 - middle) / first.shape[1]
    quality = middle + prior / (prior + noise) * (first.mean(axis=1) - middle)
    return Told(np.clip(quality, low, high), np.full(len(first), icc))


def known_masses(rates: Floats) -> Floats:
    """Beliefs that are sure: on the two grid points around each rate, with its mean."""
    inside = np.clip(rates, POINTS[0], POINTS[-1])
    above = np.clip(np.searchsorted(POINTS, inside, side="right"), 1, len(POINTS) - 1)
    share = (inside - POINTS[above - 1]) / (POINTS[above] - POINTS[above - 1])
    masses = np.zeros((*rates.shape, len(POINTS)))
    np.put_along_axis(masses, above[:, :, None], share[:, :, None], axis=2)
    np.put_along_axis(masses, above[:, :, None] - 1, 1 - share[:, :, None], axis=2)
    return masses


def task_order(runs: Runs, belief: Belief, rule: Rule) -> Ints:
    """The order in which each run's tasks are run: positions."""
    lots = runs.rng.random((len(runs.rates), runs.tasks))
    if rule.order != "random":
        mean = belief.masses @ belief.points
        away = np.abs(mean - 0.5)
        lots = 1e-6 * lots + (away if rule.order == "near one half" else -away)
    found: Ints = np.argsort(lots, axis=1)
    return found


def boundaries(tasks: int) -> list[int]:
    """Tasks of a pass that have been run at each of its looks."""
    count = min(SEGMENTS, tasks)
    return [round(tasks * (at + 1) / count) for at in range(count)]


def spent(tasks: int, passes: int) -> Floats:
    """Rollouts by look."""
    found: Floats = np.concatenate(
        [np.array(boundaries(tasks), np.float64) + tasks * pass_ for pass_ in range(passes)]
    )
    return found


def look_evidence(belief: Belief, scores: Ints, order: Ints, ends: list[int]) -> Floats:
    """Summed log likelihoods by run, look and hypothesis."""
    starts = [0, *ends[:-1]]
    before: Floats | None = None
    parts = []
    for pass_ in range(scores.shape[1]):
        won = scores[:, : pass_ + 1].sum(axis=1)
        segments = belief.evidence(won, pass_ + 1 - won, order, starts)
        done = np.cumsum(segments, axis=1)
        if before is not None:
            done += before.sum(axis=1, keepdims=True) - np.cumsum(before, axis=1)
        parts.append(done)
        before = segments
    return np.concatenate(parts, axis=1)


def rewards_of(belief: Belief, weights: Floats, rule: Rule) -> Floats:
    """Posterior worth by run and look, less the price of an edit that does not improve."""
    reward = (weights @ belief.worth[:, :, None])[:, :, 0]
    if rule.useless_price:
        useless = (weights @ (belief.worth <= USELESS).astype(np.float64)[:, :, None])[:, :, 0]
        reward = reward - rule.useless_price * useless
    return reward


def stopped_at(reward: Floats, stops: Stops | None, phase: int) -> Ints:
    """The first look at which the rule does not go on."""
    last = reward.shape[1] - 1
    if stops is None:
        return np.full(len(reward), last)
    inside = (reward > stops.low[phase]) & (reward < stops.high[phase])
    inside[:, last] = False
    found: Ints = np.argmin(inside, axis=1)
    return found


def counts_at(scores: Ints, order: Ints, ends: list[int], stop: Ints) -> tuple[Ints, Ints]:
    """Successes and failures by run and task, of what had been run at the look of the stop."""
    rank = np.argsort(order, axis=1)
    pass_, at = stop // len(ends), stop % len(ends)
    runs = pass_[:, None] + (rank < np.array(ends)[at][:, None])
    had = np.arange(scores.shape[1])[None, :, None] < runs[:, None, :]
    won = (scores * had).sum(axis=1)
    return won, runs - won


def learned_stops(
    world: World, tasks: int, seeds: Sequence[int], rule: Rule, price: float, *, turns: int = 2
) -> Rule:
    """The rule with the stops that a price of one rollout, in worth, asks for.

    What a run knows at a contest's start depends on how much the rule runs, so that the second
    turn learns under the stops of the first.
    """
    steps = np.diff(spent(tasks, rule.passes), append=np.inf)[:-1] * price
    for _ in range(turns):
        traces = Traces()
        in_chunks(seeds, lambda part, rule=rule, traces=traces: bayes_runs(world, tasks, part, rule, traces))
        stops = best_stops(
            np.concatenate(traces.rewards), steps, np.concatenate(traces.phases), len(PHASE_STARTS)
        )
        rule = Rule(**{**vars(rule), "stops": stops})
    return rule


def in_chunks(seeds: Sequence[int], work: Callable[[Sequence[int]], Columns]) -> Columns:
    """The columns of all seeds, so many runs at once."""
    parts = [work(seeds[at : at + CHUNK]) for at in range(0, len(seeds), CHUNK)]
    return Columns(*(np.concatenate(each) for each in zip(*parts, strict=True)))


__all__ = ["Columns", "Edits", "Rule", "bayes_runs", "crude_runs", "in_chunks", "learned_stops"]
