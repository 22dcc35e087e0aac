"""The A/A test: identical skills through the gate, with the target's own noise.

Every task is run a few times with one and the same skill. The runs of a task are exchangeable, so
dealing them out at random, some to the incumbent and some to a candidate, makes a contest between
two identical skills exactly as the target would have made it; and since they can be assigned again
as often as one likes, a few runs a task measure the gate's false-accept rate on this target and
these tasks. Nothing of it is a simulation of the target.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence

from pydantic import Field

from skillopt.core.gate import (
    Contest,
    GatePolicy,
    GateTask,
    Outcome,
    Verdict,
    Wanted,
    advance,
    open_book,
)
from skillopt.core.gate.bounded_mean import share_interval
from skillopt.core.gate.contest import Noise
from skillopt.core.value import Value, text_hash

Pool = Mapping[str, Sequence[float]]
"""Scores of the runs of one skill, by task id; what could not be had is left out."""

FEWEST_RUNS = 3
"""Runs per task before a target that never differs is called deterministic."""


class FlakyTask(Value):
    """A task on which equal skills score differently from run to run."""

    task: str
    runs: int
    mean: float
    sd: float
    """Standard deviation of one run's score."""
    protected: bool
    """It is marked as a sentinel, and cannot be one."""


class Steadiness(Value):
    """How much of the scores is chance."""

    run_sd: float
    """Standard deviation of one run around its task's own mean, over all tasks."""
    icc: float | None
    """Intraclass correlation: the share of the variance between single runs that lies between
    tasks; 1 is a target without noise. None where neither tasks nor runs differ."""
    flaky: tuple[FlakyTask, ...]
    """The most unsteady first."""


class FalseAccepts(Value):
    """How often the gate takes one of two equal skills for better."""

    contests: int
    accepted: int
    rate: float
    low: float
    """95 % interval."""
    high: float
    worth: int = Field(ge=1)
    """Contests with runs of their own that these are worth: the interval counts so many."""


def run_noise(pool: Pool) -> Noise:
    """What the runs say of the target's noise, as the gate keeps it."""
    return Noise(
        squares=sum(map(_squares, pool.values())),
        repeats=sum(len(runs) - 1 for runs in pool.values()),
    )


def noise_of(pool: Pool, *, protected: frozenset[str]) -> Steadiness:
    """The spread within and between tasks (one-way random effects; McGraw and Wong 1996, ICC(1)).

    Args:
        pool: at least one run per task, and a task with two.
        protected: ids of the tasks that are marked as sentinels.
    """
    means = {task: sum(runs) / len(runs) for task, runs in pool.items()}
    squares = {task: _squares(runs) for task, runs in pool.items()}
    count = sum(map(len, pool.values()))
    freedom = count - len(pool)
    within = sum(squares.values()) / freedom if freedom else 0.0
    flaky = [
        FlakyTask(
            task=task,
            runs=len(runs),
            mean=means[task],
            sd=math.sqrt(squares[task] / (len(runs) - 1)),
            protected=task in protected,
        )
        for task, runs in pool.items()
        if squares[task] > 0
    ]
    flaky.sort(key=lambda one: (-one.sd, one.task))
    return Steadiness(run_sd=math.sqrt(within), icc=_icc(pool, means, within), flaky=tuple(flaky))


def false_accepts(
    pool: Pool,
    *,
    tasks: Sequence[GateTask],
    policy: GatePolicy,
    contests: int,
    seed: int,
) -> FalseAccepts:
    """Assign the runs to two arms at random ``contests`` times, and gate each assignment.

    Args:
        pool: two runs per task at least.
        tasks: those in the pool, as the gate sees them.
        policy: the gate.
        contests: how often.
        seed: of the dealing and of the gate.
    """
    accepted = sum(_contest(pool, tasks, policy, f"{seed} {at}") for at in range(contests))
    worth = _worth(contests, tasks=len(pool), runs=min(map(len, pool.values())))
    rate = accepted / contests
    low, high = share_interval(rate, worth)
    return FalseAccepts(
        contests=contests,
        accepted=accepted,
        rate=rate,
        low=low,
        high=high,
        worth=worth,
    )


def _contest(pool: Pool, tasks: Sequence[GateTask], policy: GatePolicy, name: str) -> bool:
    deal = _Deal(pool, name)
    contest = Contest(
        tasks=tuple(tasks),
        book=open_book({task.id: deal.next(task.id) for task in tasks}),
        next_trial=1,
        policy=policy,
        seed=int(text_hash(f"aa {name}")[:12], 16),
    )
    outcomes: dict[Wanted, float | None] = {}
    while not isinstance(step := advance(contest, outcomes), Verdict):
        outcomes.update({want: deal.next(want.task) for want in step})
    return step.outcome is Outcome.ACCEPTED


class _Deal:
    """Hands out a task's runs in an order of its own; from the start again when they run out."""

    def __init__(self, pool: Pool, name: str) -> None:
        self._pool = pool
        self._draw = random.Random(f"deal {name}")
        self._left: dict[str, list[float]] = {}

    def next(self, task: str) -> float:
        left = self._left.get(task)
        if not left:
            left = self._left[task] = list(self._pool[task])
            self._draw.shuffle(left)
        return left.pop()


def _squares(runs: Sequence[float]) -> float:
    mean = sum(runs) / len(runs)
    return sum((run - mean) ** 2 for run in runs)


def _icc(pool: Pool, means: Mapping[str, float], within: float) -> float | None:
    count, groups = sum(map(len, pool.values())), len(pool)
    if groups < 2:  # noqa: PLR2004 - one task says nothing of how tasks differ
        return None
    grand = sum(map(sum, pool.values())) / count
    between = sum(len(runs) * (means[task] - grand) ** 2 for task, runs in pool.items())
    between /= groups - 1
    size = (count - sum(len(runs) ** 2 for runs in pool.values()) / count) / (groups - 1)
    total = between + (size - 1) * within
    return max(0.0, (between - within) / total) if total > 0 else None


def _worth(contests: int, *, tasks: int, runs: int) -> int:
    """How many contests with runs of their own are as good as these, which share their runs.

    Assigning the same runs again adds no new ones. Over 60 worlds each with 12 and 40 tasks, 3
    and 6 runs, the rate varied from pool to pool as over 73 to 1 083 contests of their own; tasks
    times (runs - 1) squared was below that in all of them.
    """
    shared = tasks * (runs - 1) ** 2
    return max(1, round(1 / (1 / contests + 1 / shared)))
