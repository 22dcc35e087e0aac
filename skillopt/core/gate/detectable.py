"""What a validation set can detect, said before a cent is spent."""

from __future__ import annotations

import math
from typing import NamedTuple

from skillopt.core.gate.contest import GateKind, GatePolicy
from skillopt.core.gate.sealed import FEWEST
from skillopt.core.value import Value

SPREAD_BINARY = 0.42
"""Standard deviation of a task's paired difference with pass/fail checks, until it is measured."""
SPREAD_GRADED = 0.30
"""The same with graded checks."""
FEW = 20
"""Units below which a user is warned."""


class Reach(NamedTuple):
    """Which gains a gate finds 4 times in 5, and every second time, in units of `s / sqrt(n)`."""

    mde80: float
    mde50: float
    useless: str
    """What it does with an edit that changes nothing, in words."""


REACH: dict[GateKind, Reach] = {
    "race": Reach(2.75, 1.55, "accepts about 1 useless edit in 25"),
    "explore": Reach(1.80, 0.85, "accepts about 1 useless edit in 4 at first, 1 in 8 over a run"),
    "exact": Reach(2.90, 1.65, "accepts at most 1 useless edit in 10"),
    "strict": Reach(1.30, 0.35, "accepts 2 useless edits in 5 at first, 1 in 10 over a run"),
}
"""Fitted to the simulation (`docs/gate.md`, "Power"); good to 15 % from 20 units on."""


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


def power(n: int, s: float | None, policy: GatePolicy, *, graded: bool = False) -> Power:
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
    spread = s if s is not None else SPREAD_GRADED if graded else SPREAD_BINARY
    mde80, mde50 = _reach(n, spread, policy.kind)
    return Power(
        units=n,
        mde80=mde80,
        mde50=mde50,
        text=_text(n, spread, policy.kind, graded=graded or s is not None),
        warnings=_warnings(n),
        certifies=n >= FEWEST,
    )


def _reach(n: int, spread: float, kind: GateKind) -> tuple[float, float]:
    reach = REACH[kind]
    return reach.mde80 * spread / math.sqrt(n), reach.mde50 * spread / math.sqrt(n)


def _text(n: int, spread: float, kind: GateKind, *, graded: bool) -> str:
    mde80, mde50 = _reach(n, spread, kind)
    head = (
        f"{n} validation tasks: this gate finds gains {_points(mde80)} 4 times in 5, "
        f"{_points(mde50)} every second time; smaller gains are mostly rejected. "
        f"It {REACH[kind].useless}."
    )
    more = max(60, 10 * round(n / 4))
    helps = [f"{more} tasks → {100 * _reach(more, spread, kind)[0]:.0f}"]
    if not graded:
        helps.append(f"graded scores → {100 * _reach(n, SPREAD_GRADED, kind)[0]:.0f}")
    if kind not in ("explore", "strict"):
        found = 100 * _reach(n, spread, "explore")[0]
        helps.append(f"--gate explore → {found:.0f} ({REACH['explore'].useless})")
    return f"{head} What would help: {'; '.join(helps)}."


def _points(gain: float) -> str:
    return f"≥ {100 * gain:.0f} points" if gain <= 1 else "of no size"


def _warnings(n: int) -> tuple[str, ...]:
    if n < FEWEST:
        few = (
            f"{n} tasks are too few for any certificate: it takes {FEWEST}, and {FEW} to be useful"
        )
        return (few,)
    if n < FEW:
        few = f"{n} validation tasks are few: most real gains will be rejected"
        return (f"{few}; add tasks ({FEW} at least), grade in steps, or use --gate explore",)
    return ()
