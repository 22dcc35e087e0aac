"""What a validation set can detect, said before a cent is spent."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from skillopt.core.evaluation.checks import Contains, Exact, Json, Number, Regex
from skillopt.core.evaluation.task import Task
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.gate.contest import GateKind, GatePolicy, Verdict
from skillopt.core.gate.sealed import FEWEST
from skillopt.core.value import Value

SPREAD_BINARY = 0.42
"""Standard deviation of a task's paired difference with pass/fail checks, until it is measured."""
SPREAD_GRADED = 0.30
"""The same with graded checks."""
LEAST_TOLD = 0.005
FEW = 20
"""Units below which a user is warned."""


CONTESTS = 3
"""Finished contests from which on their own spread is taken for the first guess."""

_PASS_OR_FAIL = (Exact, Contains, Regex, Number, Json)


class Reach(NamedTuple):
    """What a gate finds with one kind of scores."""

    mde80: float
    """The gain found 4 times in 5, times the root of the number of units."""
    mde50: float
    """The gain found every second time, likewise."""
    useless: str
    """What the gate does with an edit that changes nothing, in words."""


PASS_FAIL: dict[GateKind, Reach] = {
    "balanced": Reach(0.78, 0.35, "accepts about 1 useless edit in 4 at first, 1 in 10 over a run"),
    "race": Reach(1.19, 0.69, "accepts at most 1 useless edit in 10, 1 in 25 over a run"),
    "explore": Reach(0.90, 0.41, "accepts about 1 useless edit in 5 at first, 1 in 10 over a run"),
    "exact": Reach(1.24, 0.75, "accepts at most 1 useless edit in 10, provably"),
    "strict": Reach(0.52, 0.06, "accepts about 1 useless edit in 2 at first, 1 in 10 over a run"),
}
"""Of the first proposal of a run, at the spread 0.42; fitted to the simulation."""
GRADED: dict[GateKind, Reach] = {
    "balanced": Reach(0.28, 0.01, "accepts about 1 useless edit in 2 at first, 1 in 5 over a run"),
    "race": Reach(0.76, 0.42, PASS_FAIL["race"].useless),
    "explore": Reach(0.53, 0.21, "accepts about 1 useless edit in 4 at first, 1 in 10 over a run"),
    "exact": Reach(0.82, 0.47, PASS_FAIL["exact"].useless),
    "strict": Reach(0.29, 0.01, "accepts about 1 useless edit in 2 at first, 1 in 5 over a run"),
}
"""The same with graded checks, at the spread 0.30."""


class Power(Value):
    """What a gate can detect on a validation set."""

    units: int
    """Tasks, or clusters where tasks are kin."""
    mde80: float
    """The gain (0 to 1) that is found 4 times in 5; above 1 none is."""
    mde50: float
    """The gain that is found every second time."""
    text: str
    """For a person."""
    warnings: tuple[str, ...]
    certifies: bool
    """A sealed test of this size can certify at all."""


def power_on(tasks: ValidationSet, policy: GatePolicy, *, past: Sequence[Verdict] = ()) -> Power:
    """The smallest gains the gate finds; tasks of one cluster count once.

    Args:
        tasks: the validation set.
        policy: the gate.
        past: verdicts of contests on these tasks with this target; from three on, their spread
            takes the place of a first guess.
    """
    validation = tasks.split("validation")
    units = {task.cluster or f"task {task.id}" for task in validation}
    graded = any(_graded(task) for task in validation)
    spread = measured_spread(past, {task.id: task.cluster for task in validation})
    return gate_power(len(units), spread, policy, graded=graded)


def gate_power(n: int, s: float | None, policy: GatePolicy, *, graded: bool = False) -> Power:
    """The smallest gains that the gate finds with ``n`` units.

    Args:
        n: tasks; or clusters, where tasks are tagged as kin.
        s: standard deviation of the paired differences, where contests have measured it; None
            takes 0.42, or 0.30 with graded checks.
        policy: the gate.
        graded: whether scores between 0 and 1 occur.

    Raises:
        ValueError: ``n`` is below 1.
    """
    if n < 1:
        raise ValueError("a gate needs at least one task")
    mde80, mde50 = _reach(n, s, policy.kind, graded=graded)
    return Power(
        units=n,
        mde80=mde80,
        mde50=mde50,
        text=_text(n, s, policy.kind, graded=graded),
        warnings=_warnings(n),
        certifies=n >= FEWEST,
    )


def measured_spread(
    verdicts: Sequence[Verdict], clusters: Mapping[str, str | None]
) -> float | None:
    """Standard deviation of a unit's paired difference, as past contests have shown it.

    Each contest varies around its own mean; the variances are pooled by their degrees of freedom.

    Args:
        verdicts: of contests on the same tasks with the same target.
        clusters: of each task that is still in the validation set, by its id.

    Returns:
        None from fewer than three contests, or where nothing has differed.
    """
    squares = freedom = contests = 0.0
    for verdict in verdicts:
        each = _by_unit(verdict, clusters)
        if len(each) < 2:  # noqa: PLR2004 - one unit has no spread
            continue
        mean = sum(each) / len(each)
        squares += sum((one - mean) ** 2 for one in each)
        freedom += len(each) - 1
        contests += 1
    return math.sqrt(squares / freedom) if contests >= CONTESTS and squares else None


def _by_unit(verdict: Verdict, clusters: Mapping[str, str | None]) -> list[float]:
    """The mean paired difference of each unit that both versions have an outcome on."""
    found: dict[str, list[float]] = defaultdict(list)
    for pair in verdict.pairs:
        if pair.task in clusters and pair.candidate is not None and pair.incumbent is not None:
            unit = clusters[pair.task] or f"task {pair.task}"
            found[unit].append(pair.candidate - pair.incumbent)
    return [sum(each) / len(each) for each in found.values()]


def _reach(n: int, s: float | None, kind: GateKind, *, graded: bool) -> tuple[float, float]:
    reach, prior = _of(kind, graded=graded), SPREAD_GRADED if graded else SPREAD_BINARY
    scale = (prior if s is None else s) / prior / math.sqrt(n)
    return reach.mde80 * scale, reach.mde50 * scale


def _of(kind: GateKind, *, graded: bool) -> Reach:
    return (GRADED if graded else PASS_FAIL)[kind]


def _text(n: int, s: float | None, kind: GateKind, *, graded: bool) -> str:
    mde80, mde50 = _reach(n, s, kind, graded=graded)
    known = "" if s is None else " (by how far versions lay apart on them so far)"
    head = (
        f"{n} validation tasks{known}: this gate finds gains {_points(mde80)} 4 times in 5, "
        f"{_points(mde50)} every second time; smaller gains are mostly rejected. "
        f"It {_of(kind, graded=graded).useless}."
    )
    more = max(60, 10 * round(n / 4))
    helps = [f"{more} tasks → {100 * _reach(more, s, kind, graded=graded)[0]:.0f}"]
    if not graded:
        helps.append(f"graded scores → {100 * _reach(n, None, kind, graded=True)[0]:.0f}")
    if kind in ("race", "exact"):
        found = 100 * _reach(n, s, "explore", graded=graded)[0]
        helps.append(f"--gate explore → {found:.0f} ({_of('explore', graded=graded).useless})")
    told = f"{head} What would help: {'; '.join(helps)}."
    if kind in ("race", "exact"):
        return told
    return f"{told} To err less: --gate race {_of('race', graded=graded).useless}."


def _points(gain: float) -> str:
    if gain > 1:
        return "of no size"
    return f"≥ {100 * gain:.0f} points" if gain >= LEAST_TOLD else "of any size"


def _warnings(n: int) -> tuple[str, ...]:
    if n < FEWEST:
        few = (
            f"{n} tasks are too few for any certificate: it takes {FEWEST}, and {FEW} to be useful"
        )
        return (few,)
    if n < FEW:
        few = f"{n} validation tasks are few: most real gains will be rejected"
        return (f"{few}; add tasks ({FEW} at least), or grade in steps",)
    return ()


def _graded(task: Task) -> bool:
    """Whether scores between 0 and 1 are to be expected."""
    several = len(task.checks) > 1 and task.scoring == "mean"
    return several or not all(isinstance(check, _PASS_OR_FAIL) for check in task.checks)
