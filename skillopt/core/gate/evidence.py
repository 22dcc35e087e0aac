"""A contest's evidence as arrays, and the little language in which a gate asks for more of it.

A gate is a generator: it yields the rollouts it wants next, is sent their scores, and returns its
ruling. `advance` replays it from its beginning at every call; the benchmarks drive it directly.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from skillopt.core.gate.contest import Arm, Contest, GateMemory, Noise, Outcome

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
BoolArray = NDArray[np.bool_]

EPS = 1e-9
"""Sums of scores that differ by less are equal."""


class Ask(NamedTuple):
    """Rollouts of one arm: positions of tasks, and a trial number for each."""

    arm: Arm
    tasks: IntArray
    trials: IntArray


Asks = tuple[Ask, ...]
Scores = tuple[FloatArray, ...]
"""One array per ask; NaN for a rollout that could not be had."""


class Ruling(NamedTuple):
    """A gate's decision, before it is put into words."""

    outcome: Outcome
    code: str
    gain: float | None
    seen: int
    """Tasks of the pass in which it was decided that had been run by then."""
    passes: int
    p_value: float | None = None
    bound: float | None = None
    """What the gain (or p) was compared with."""
    culprit: int | None = None
    """The position of the sentinel that vetoed."""
    limits: tuple[float, float] | None = None
    """Of the true gain, at the level of the test; only where a margin was tested."""


Play = Generator[Asks, Scores, Ruling]
Step = Generator[Asks, Scores, None]


@dataclass
class Evidence:
    """One contest's arrays over its tasks; grown in place while a gate plays."""

    total: FloatArray
    """Sum of the incumbent's runs by task."""
    runs: FloatArray
    """Their number."""
    weights: FloatArray
    """Mean 1."""
    seed: int
    next_trial: int = 0
    deterministic: bool = False
    max_missing: float = 0.10
    units: IntArray | None = None
    """The unit of each task, from 0 upwards; None where every task is its own."""
    protected: IntArray = field(default_factory=lambda: np.empty(0, np.intp))
    """Positions of the sentinels."""
    passed: IntArray | None = None
    failed: IntArray | None = None
    memory: GateMemory = field(default_factory=GateMemory)
    earlier_tests: int = 0
    """Rejections of the same idea on earlier versions."""
    continues: int = 0
    """Passes whose runs of the candidate were paid by an earlier contest."""
    asked: int = 0
    aside: int = 0
    """Those the sentinels asked for: no part of the comparison's price."""
    trials: dict[int, FloatArray] = field(default_factory=dict)
    """The candidate's scores by trial; NaN where it was not run or could not be had."""
    rivals: dict[int, FloatArray] = field(default_factory=dict)
    """The same of the incumbent's runs beside it (lock-step)."""
    notes: dict[int, str] = field(default_factory=dict)
    """What a person should know of single tasks, by position."""

    def __post_init__(self) -> None:
        count = len(self.total)
        self.size = count
        """Number of tasks."""
        self.unit_count = count if self.units is None else int(self.units.max()) + 1
        self.lost: BoolArray = np.zeros(count, np.bool_)
        """Tasks that are out of this contest: an outcome could not be had."""
        self.fresh: IntArray = np.zeros(count, np.intp)
        """Fresh runs of the incumbent asked for, by task."""
        self.squares = self.memory.noise.squares
        self.repeats = self.memory.noise.repeats
        self.spread = self.memory.spread
        self.scatter, self.step = self.memory.scatter, self.memory.step
        if self.scatter is None or self.step is None:
            self.scatter, self.step = first_impression(self.total / self.runs)

    @classmethod
    def of(cls, contest: Contest) -> Evidence:
        """The arrays of a contest in which nothing was run yet."""
        standings = [contest.book[task.id] for task in contest.tasks]
        weights = np.array([task.weight for task in contest.tasks])
        clusters = [task.cluster for task in contest.tasks]
        return cls(
            total=np.array([standing.total for standing in standings]),
            runs=np.array([standing.runs for standing in standings]),
            weights=weights / weights.mean(),
            seed=contest.seed,
            next_trial=contest.next_trial,
            deterministic=contest.deterministic,
            max_missing=contest.policy.max_missing,
            units=unit_numbers(clusters)
            if any(cluster is not None for cluster in clusters)
            else None,
            protected=np.flatnonzero([task.protected for task in contest.tasks]),
            passed=np.array([standing.passed for standing in standings]),
            failed=np.array([standing.failed for standing in standings]),
            memory=contest.memory,
            earlier_tests=contest.earlier_tests,
            continues=contest.continues,
        )

    @property
    def baseline(self) -> FloatArray:
        """The incumbent's mean score by task."""
        return self.total / self.runs

    @property
    def inconclusive(self) -> bool:
        """Too many tasks are out of the contest."""
        return bool(self.lost.sum() > self.max_missing * self.size + EPS)

    @property
    def steady(self) -> bool:
        """The target answers alike every time: declared, or measured by now."""
        return self.deterministic or self.noise.absent

    @property
    def noise(self) -> Noise:
        """What repeated runs have shown, this contest's included."""
        return Noise(squares=self.squares, repeats=self.repeats)

    def run(self, tasks: IntArray, trial: int, *, top_up: IntArray | None = None) -> Step:
        """Run the candidate once on ``tasks`` (those not run under ``trial`` before).

        Args:
            tasks: positions.
            trial: the candidate's trial number.
            top_up: positions on which the incumbent gets one fresh run, in the same batch.
        """
        row = self.trials.setdefault(trial, np.full(self.size, np.nan))
        left = tasks[np.isnan(row[tasks]) & ~self.lost[tasks]]
        asks = [Ask("candidate", left, np.full(len(left), trial))] if len(left) else []
        if top_up is not None and len(top_up):
            asks.append(Ask("incumbent", top_up, self._next_trials(top_up)))
        if not asks:
            return
        paid_before = len(left) if trial < self.continues else 0
        self.asked += sum(len(ask.tasks) for ask in asks) - paid_before
        replies = yield tuple(asks)
        if len(left):
            row[left] = replies[0]
            self.lost[left] |= np.isnan(replies[0])
        if top_up is not None and len(top_up):
            self._enter(top_up, replies[-1])

    def run_both(self, tasks: IntArray, trial: int) -> Step:
        """Run candidate and incumbent side by side, once each on ``tasks``."""
        row = self.trials.setdefault(trial, np.full(self.size, np.nan))
        rival = self.rivals.setdefault(trial, np.full(self.size, np.nan))
        left = tasks[np.isnan(row[tasks]) & ~self.lost[tasks]]
        beside = tasks[~self.lost[tasks]]
        asks = (
            Ask("candidate", left, np.full(len(left), trial)),
            Ask("incumbent", beside, self._next_trials(beside)),
        )
        self.asked += len(left) + len(beside)
        row[left], rival[beside] = yield asks
        self._enter(beside, rival[beside])
        self.lost[beside] |= np.isnan(row[beside]) | np.isnan(rival[beside])

    def run_incumbent(self, tasks: IntArray, times: IntArray) -> Step:
        """Run the incumbent on each of ``tasks`` as often as ``times`` says, in one batch."""
        most = int(times.max(initial=0))
        parts = [tasks[times > already] for already in range(most)]
        asks = tuple(Ask("incumbent", part, self._next_trials(part)) for part in parts)
        if not asks:
            return
        self.asked += int(times.sum())
        replies = yield asks
        for part, scores in zip(parts, replies, strict=True):
            self._enter(part, scores)

    def raw_runs(self, tasks: IntArray) -> IntArray:
        """How many raw runs the record of each task rests on, those of ancestors included."""
        if self.passed is None or self.failed is None:
            return np.zeros(len(tasks), np.intp)
        counts: IntArray = self.passed[tasks] + self.failed[tasks]
        return counts

    def raw_counts(self, *, candidate: bool) -> tuple[IntArray, IntArray]:
        """Full scores and others among the raw runs; the candidate's too if it goes on."""
        none = np.zeros(self.size, np.intp)
        passed, failed = ((none if row is None else row) + 0 for row in (self.passed, self.failed))
        if candidate:
            for row in self.trials.values():
                passed += row >= 1
                failed += row < 1
        return passed, failed

    def rival_means(self, passes: int) -> FloatArray | None:
        """Mean of the incumbent's runs beside the candidate's; None without lock-step."""
        rows = [self.rivals[r] for r in range(passes) if r in self.rivals]
        return _mean_of(rows) if rows else None

    def differences(self, passes: int) -> FloatArray:
        """Weighted candidate minus incumbent by task; 0 where unseen or lost."""
        if self.rivals:
            parts = [self.trials[r] - self.rivals[r] for r in range(passes) if r in self.rivals]
            found = _mean_of(parts)
        else:
            found = self.candidate_means(passes) - self.total / self.runs
        return np.where(np.isnan(found) | self.lost, 0.0, found * self.weights)

    def candidate_means(self, passes: int) -> FloatArray:
        """Mean of the candidate's runs of the first ``passes`` passes; NaN where it has none."""
        return _mean_of([self.trials[r] for r in range(passes) if r in self.trials])

    def by_unit(self, values: FloatArray) -> FloatArray:
        """Sums over the tasks of each unit."""
        if self.units is None:
            return values
        return sums_by(self.units, values, self.unit_count)

    def units_in(self, tasks: IntArray) -> int:
        """How many units ``tasks`` belong to."""
        return len(tasks) if self.units is None else len(np.unique(self.units[tasks]))

    def learn_noise(self, passes: int) -> None:
        """Take the spread of the candidate's repeated runs into the record of run noise."""
        for trial in range(max(1, self.continues), passes):
            parts = (self.trials[0] - self.trials[trial]) ** 2 / 2
            known = ~np.isnan(parts)
            self.squares += float(parts[known].sum())
            self.repeats += float(known.sum())

    def _next_trials(self, tasks: IntArray) -> IntArray:
        trials: IntArray = self.next_trial + self.fresh[tasks]
        self.fresh[tasks] += 1
        return trials

    def _enter(self, tasks: IntArray, scores: FloatArray) -> None:
        """Fresh runs of the incumbent join its record."""
        had = ~np.isnan(scores)
        tasks, scores = tasks[had], scores[had]
        before = self.runs[tasks]
        whole = (before > 0) & (before == np.floor(before))
        spread = (scores - self.total[tasks] / before) ** 2 * before / (before + 1)
        self.squares += float(spread[whole].sum())
        self.repeats += float(whole.sum())
        self.total[tasks] += scores
        self.runs[tasks] += 1
        if self.passed is not None and self.failed is not None:
            self.passed[tasks] += scores >= 1
            self.failed[tasks] += scores < 1


def first_impression(scores: FloatArray) -> tuple[float, float]:
    """Variance over tasks and smallest step of the first version's first runs."""
    gaps = np.diff(np.unique(scores))
    return float(scores.var()), float(gaps.min(initial=1.0))


def sums_by(units: IntArray, values: FloatArray, count: int = 0) -> FloatArray:
    """Sums of ``values`` by unit."""
    sums: FloatArray = np.bincount(units, weights=values, minlength=count).astype(np.float64)
    return sums


def _mean_of(rows: list[FloatArray]) -> FloatArray:
    """Mean over rows, skipping NaN; NaN where all are."""
    if len(rows) == 1:
        return rows[0]
    stacked = np.array(rows)
    known = ~np.isnan(stacked)
    count = known.sum(axis=0)
    sums = np.where(known, stacked, 0.0).sum(axis=0)
    return np.where(count > 0, sums / np.maximum(count, 1), np.nan)


def unit_numbers(clusters: Sequence[str | None]) -> IntArray:
    """The number of each task's unit: tasks of one cluster share it."""
    numbers: dict[tuple[str, int], int] = {}
    keys = [(name, -1) if name is not None else ("", at) for at, name in enumerate(clusters)]
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.intp)
