"""The page of what each gate finds: from the formula that the head of every run is made of."""

from __future__ import annotations

from pages.tables import table

from skillopt.core.gate import GatePolicy, gate_power
from skillopt.core.gate.power import GRADED, PASS_FAIL, SPREAD_BINARY, SPREAD_GRADED, useless_share

SIZES = (12, 20, 30, 60, 100, 150, 300)

INTRODUCTION = f"""\
# What each gate finds

The true gain in points that is accepted **80 % / 50 % of the time**, by the number of validation
tasks (of clusters, if tasks have one): what `skillopt doctor` and the start of every run say. It is
for the first proposal of a run, and falls with the square root of the number of tasks.
The constants were fitted to the [simulation](gate-in-full.md#the-simulated-world) at a standard
deviation of the paired differences of {SPREAD_BINARY} (pass or fail) and {SPREAD_GRADED} (graded).
Once the ledger has three contests on the same tasks with the same target, their spread is used
instead.
"""


def page() -> str:
    """The whole page."""
    graded = "## Graded checks\n\n" + _table(graded=True)
    return f"{INTRODUCTION}\n## Pass or fail\n\n{_table(graded=False)}\n{graded}\n{_useless()}"


def _table(*, graded: bool) -> str:
    head = ("tasks", *(f"`{kind}`" for kind in PASS_FAIL))
    rows = [
        (str(size), *(_found(size, kind, graded=graded) for kind in PASS_FAIL)) for size in SIZES
    ]
    return table(head, rows)


def _found(size: int, kind: str, *, graded: bool) -> str:
    found = gate_power(size, None, GatePolicy.model_validate({"kind": kind}), graded=graded)
    return " / ".join(_points(gain) for gain in (found.mde80, found.mde50))


def _points(gain: float) -> str:
    return "none" if gain > 1 else f"{100 * gain:.0f}"


def _useless() -> str:
    rows = [
        (f"`{kind}`", useless_share(PASS_FAIL[kind]), useless_share(GRADED[kind]))
        for kind in PASS_FAIL
    ]
    head = ("gate", "pass or fail", "graded checks, or a target whose runs hardly vary")
    return "## How often an edit that does nothing is accepted\n\n" + table(head, rows)
