"""What a validation set can detect, said before a cent is spent."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from skillopt.core.evaluation.checks import (
    Contains,
    Exact,
    File,
    Json,
    Number,
    Regex,
    TraceCheck,
)
from skillopt.core.evaluation.task import Task
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.figures import margin_points
from skillopt.core.gate.contest import GateKind, GatePolicy, Verdict
from skillopt.core.gate.sealed import FEWEST
from skillopt.core.value import Value

SPREAD_BINARY = 0.42
"""Standard deviation of a task's paired difference with pass/fail checks, until it is measured."""
SPREAD_GRADED = 0.30
"""The same with graded checks."""
FEW = 20
"""Units below which a user is warned."""


CONTESTS = 3
"""Finished contests from which on their own spread is taken for the first guess."""

_PASS_OR_FAIL = Exact | Contains | Regex | Number | Json | File | TraceCheck


class Reach(NamedTuple):
    """What a gate finds with one kind of scores, at the usual spread of paired differences."""

    mde80: float
    """The gain accepted 80 % of the time, times the root of the number of units."""
    mde50: float
    """The gain accepted 50 % of the time, likewise."""
    useless: float
    """Share of edits without effect that the gate accepts in the first round."""
    useless_run: float | None
    """The same over a run of 12 rounds; None where it was not measured."""
    bound: bool = False
    """The two shares are upper bounds."""


PASS_FAIL: dict[GateKind, Reach] = {
    "balanced": Reach(0.78, 0.35, 0.25, 0.10),
    "race": Reach(1.19, 0.69, 0.10, 0.04, bound=True),
    "explore": Reach(0.90, 0.41, 0.20, 0.10),
    "exact": Reach(1.24, 0.75, 0.10, None, bound=True),
    "strict": Reach(0.52, 0.06, 0.50, 0.10),
}
"""Of the first proposal of a run, at the spread 0.42; fitted to the simulation."""
GRADED: dict[GateKind, Reach] = {
    "balanced": Reach(0.28, 0.01, 0.50, 0.20),
    "race": Reach(0.76, 0.42, 0.10, 0.04, bound=True),
    "explore": Reach(0.53, 0.21, 0.25, 0.10),
    "exact": Reach(0.82, 0.47, 0.10, None, bound=True),
    "strict": Reach(0.29, 0.01, 0.50, 0.20),
}
"""The same with graded checks, at the spread 0.30."""


class Power(Value):
    """What a gate can detect on a validation set."""

    units: int
    """Tasks, or clusters if tasks have one."""
    mde80: float | None
    """The true gain (0 to 1) that is accepted 80 % of the time; above 1 none is. None where the
    gate asks for no gain, only for no loss beyond a margin."""
    mde50: float | None
    """The true gain that is accepted half of the time; None likewise."""
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
        n: tasks; or clusters, if tasks have one.
        s: standard deviation of the paired differences, where contests have measured it; None
            takes 0.42, or 0.30 with graded checks.
        policy: the gate.
        graded: whether scores between 0 and 1 occur.

    Raises:
        ValueError: ``n`` is below 1.
    """
    if n < 1:
        raise ValueError("a gate needs at least one task")
    if policy.no_worse_than is not None:
        return _margin_power(n, policy.no_worse_than, policy.alpha)
    mde80, mde50 = _reach(n, s, policy.kind, graded=graded)
    return Power(
        units=n,
        mde80=mde80,
        mde50=mde50,
        text=_text(n, s, policy.kind, graded=graded),
        warnings=_warnings(n),
        certifies=n >= FEWEST,
    )


def least_margin(n: int, level: float) -> float:
    """The margin in points at which ``n`` units without any difference are accepted.

    So often tasks may be broken without one of ``n`` showing it, at that level (Clopper and
    Pearson).
    """
    return 100 * (1 - math.pow(level, 1 / n))


def _margin_power(n: int, margin: float, level: float) -> Power:
    """What can be shown of a version that is to be no worse."""
    least, needed = least_margin(n, level), _units_for(margin, level)
    asked = f"{margin_points(margin)} points"
    text = (
        f"{_tasks(n)}, no worse than {asked}: a version that is worse by {asked} or more is "
        f"accepted at most {100 * level:.3g} % of the time. One that scores alike on every task "
        f"is accepted at margins from {math.ceil(10 * least) / 10:.1f} points on; for {asked} that "
        f"takes {_tasks(needed)}, and more where scores differ."
    )
    few = (
        f"{_tasks(n)} cannot show that a version which scores alike on all of them is no worse "
        f"than {asked}; add tasks (at least {needed}), or allow a larger margin"
    )
    return Power(
        units=n,
        mde80=None,
        mde50=None,
        text=text,
        warnings=(few,) if n < needed else (),
        certifies=n >= FEWEST,
    )


def _units_for(margin: float, level: float) -> int:
    """The fewest units that are accepted at ``margin`` points where none differs."""
    if margin >= 100:  # noqa: PLR2004 - no version is worse by more than all points
        return 1
    return math.ceil(math.log(level) / math.log1p(-margin / 100) - 1e-9)


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
    known = "" if s is None else " (spread measured in earlier contests)"
    gain = _gain(_reach(n, s, kind, graded=graded)[0])
    head = f"{_tasks(n)}{known}: {gain} is accepted about 80 % of the time."
    useless = f"An edit that does nothing: {useless_share(_of(kind, graded=graded))}"
    checked = "" if kind in ("race", "exact") else "; the sealed test checks the result"
    return " ".join([head, f"{useless}{checked}.", *_alternatives(n, s, kind, graded=graded)])


def useless_share(reach: Reach) -> str:
    """How often an edit without effect is accepted, in words."""
    first = f"{'at most' if reach.bound else 'about'} {reach.useless:.0%}".replace("%", " %")
    if reach.useless_run is None:
        return first
    return f"{first} in round 1, {100 * reach.useless_run:.0f} % over a run"


def _alternatives(n: int, s: float | None, kind: GateKind, *, graded: bool) -> list[str]:
    """What would detect smaller gains, or accept fewer useless edits."""
    more = max(60, 10 * round(n / 4))
    found = [f"With {more} tasks: {_gains(_reach(more, s, kind, graded=graded)[0])}."]
    if not graded:
        found.append(f"With graded scores: {_gains(_reach(n, None, kind, graded=True)[0])}.")
    if kind in ("race", "exact"):
        explore = _gains(_reach(n, s, "explore", graded=graded)[0])
        share = useless_share(_of("explore", graded=graded))
        found.append(f"With --gate explore: {explore} (useless edits: {share}).")
    else:
        share = useless_share(_of("race", graded=graded))
        found.append(f"Stricter: --gate race (useless edits: {share}).")
    return found


def _tasks(n: int) -> str:
    return f"{n} validation task" if n == 1 else f"{n} validation tasks"


def _gain(gain: float) -> str:
    """The subject of a sentence."""
    if gain > 1:
        return "no gain"
    return f"a true gain of {_size(gain)}"


def _gains(gain: float) -> str:
    return "no gain" if gain > 1 else f"gains of {_size(gain)}"


def _size(gain: float) -> str:
    size = max(1, round(100 * gain))
    return "1 point" if size == 1 else f"{size} points"


def _warnings(n: int) -> tuple[str, ...]:
    if n < FEWEST:
        few = f"{n} tasks are too few to certify anything: at least {FEWEST} are needed"
        return (f"{few}, {FEW} advised",)
    if n < FEW:
        few = f"{n} validation tasks are few: most real gains will be rejected"
        return (f"{few}; add tasks (at least {FEW}), or use graded checks",)
    return ()


def _graded(task: Task) -> bool:
    """Whether scores between 0 and 1 are to be expected."""
    several = len(task.checks) > 1 and task.scoring == "mean"
    return several or not all(isinstance(check, _PASS_OR_FAIL) for check in task.checks)
