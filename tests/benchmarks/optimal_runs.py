"""Whole runs of many proposals under the rules of `optimal_rule.py`, many runs at once.

The proposals are those of `simulated.one_run` with the same seed, so that runs can be paired.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from tests.benchmarks.optimal_rule import (
    POINTS,
    Belief,
    Bools,
    Floats,
    Ints,
    Stops,
    Told,
    best_stops,
    beta_masses,
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
        phase = sum(number >= start for start in PHASE_STARTS) - 1
        order = task_order(runs, belief, rule)
        reward, hoped, stop = looked(belief, scores, order, ends, rule, phase)
        rows = np.arange(len(stop))
        accepted = reward[rows, stop] > 0
        if traces is not None:
            traces.rewards.append(reward)
            traces.phases.append(np.full(len(reward), phase))
        if not rule.knows_incumbent:
            won, lost = counts_at(scores, order, ends, stop)
            masses = belief.after(won, lost, accepted)
        if not rule.knows_run:
            worthy = np.where(accepted, hoped[rows, stop], 0.0)
            quality = np.clip(told.quality + worthy, 0.04, 0.96)
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


def looked(
    belief: Belief, scores: Ints, order: Ints, ends: list[int], rule: Rule, phase: int
) -> tuple[Floats, Floats, Ints]:
    """Posterior reward and posterior worth by run and look, and the look at which each run stops.

    A pass is looked at only in the runs that come to it; elsewhere its looks are 0.
    """
    looks = len(ends) * rule.passes
    reward, hoped = np.zeros((len(scores), looks)), np.zeros((len(scores), looks))
    stop = np.full(len(scores), looks - 1)
    starts = [0, *ends[:-1]]
    rows = np.arange(len(scores))
    before: Floats | None = None
    for pass_ in range(rule.passes):
        part = belief.of_runs(rows)
        won = scores[rows, : pass_ + 1].sum(axis=1)
        segments = part.evidence(won, pass_ + 1 - won, order[rows], starts)
        logs = np.cumsum(segments, axis=1)
        if before is not None:
            logs += before.sum(axis=1, keepdims=True) - np.cumsum(before, axis=1)
        columns = slice(len(ends) * pass_, len(ends) * (pass_ + 1))
        hoped[rows, columns], reward[rows, columns] = rewards_of(part, part.weights(logs), rule)
        ended = rested(reward[rows, columns], rule.stops, phase, columns)
        at = np.argmax(ended, axis=1)
        done = ended[np.arange(len(rows)), at]
        stop[rows[done]] = at[done] + columns.start
        rows, before = rows[~done], segments[~done]
    return reward, hoped, stop


def rested(reward: Floats, stops: Stops | None, phase: int, columns: slice) -> Bools:
    """Where a rule does not go on."""
    if stops is None:
        return np.zeros(reward.shape, np.bool_)
    inside = (reward > stops.low[phase, columns]) & (reward < stops.high[phase, columns])
    found: Bools = ~inside
    return found


def rewards_of(belief: Belief, weights: Floats, rule: Rule) -> tuple[Floats, Floats]:
    """Posterior worth by run and look; and less the price of an edit that does not improve."""
    hoped = (weights @ belief.worth[:, :, None])[:, :, 0]
    useless = (weights @ (belief.worth <= USELESS).astype(np.float64)[:, :, None])[:, :, 0]
    return hoped, hoped - rule.useless_price * useless


def counts_at(scores: Ints, order: Ints, ends: list[int], stop: Ints) -> tuple[Ints, Ints]:
    """Successes and failures by run and task, of what had been run at the look of the stop."""
    rank = np.argsort(order, axis=1)
    pass_, at = stop // len(ends), stop % len(ends)
    runs = pass_[:, None] + (rank < np.array(ends)[at][:, None])
    had = np.arange(scores.shape[1])[None, :, None] < runs[:, None, :]
    won = (scores * had).sum(axis=1)
    return won, runs - won


def learned_paths(world: World, tasks: int, seeds: Sequence[int], rule: Rule) -> Traces:
    """Posterior rewards of contests that are run to their end."""
    traces = Traces()
    in_chunks(seeds, lambda part: bayes_runs(world, tasks, part, rule, traces))
    return traces


def stopping(rule: Rule, traces: Traces, tasks: int, price: float) -> Rule:
    """The rule with the stops that a price of one rollout, in worth, asks for."""
    steps = np.diff(spent(tasks, rule.passes)) * price
    phases = np.concatenate(traces.phases)
    stops = best_stops(np.concatenate(traces.rewards), steps, phases, len(PHASE_STARTS))
    return replace(rule, stops=stops)


def in_chunks(seeds: Sequence[int], work: Callable[[Sequence[int]], Columns]) -> Columns:
    """The columns of all seeds, so many runs at once."""
    parts = [work(seeds[at : at + CHUNK]) for at in range(0, len(seeds), CHUNK)]
    return Columns(*(np.concatenate(each) for each in zip(*parts, strict=True)))
