"""A tuned library, and the plan of one, in words: a table, Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillopt.cli.gate_comment import plain
from skillopt.cli.output import count, money, percent, shown_usage
from skillopt.cli.tables import Column
from skillopt.core.figures import points
from skillopt.core.history.endings import STOPPED

if TYPE_CHECKING:
    from skillopt.app.library import Plan
    from skillopt.app.tuned_library import TunedLibrary, TunedSkill
    from skillopt.core.gate.sealed_result import SealedTest
    from skillopt.core.loop_settings import SpendLimits

COLUMNS = (
    Column("skill"),
    Column("validation", right=True),
    Column("sealed test"),
    Column("calls", right=True),
    Column("accepted", right=True),
    Column("ended"),
)
"""Of the report: `validation` is the first version's score."""
NOTHING = "-"
"""In a cell with nothing to show."""


def row_of(one: TunedSkill) -> tuple[str, ...]:
    """A skill as a row of the report."""
    begun = one.run is not None
    return (
        one.path,
        NOTHING if one.baseline is None else percent(one.baseline),
        _sealed(one.sealed) if one.sealed else NOTHING,
        f"{one.usage.calls:,}" if begun else NOTHING,
        f"{one.accepted} of {one.rounds}" if begun else NOTHING,
        _ended(one),
    )


def told_sum(tuned: TunedLibrary) -> list[str]:
    """What all of them came to."""
    done = tuned.of("tuned")
    certified = sum(one.sealed is not None and one.sealed.certified for one in done)
    found = f"{count(len(done), 'skill')} tuned, {certified} certified by the sealed test"
    others = [
        f"{len(tuned.of(state))} {state}"
        for state in ("failed", "invalid", "waits", "not begun", "left out")
        if tuned.of(state)
    ]
    return [", ".join([found, *others]), f"spent {shown_usage(tuned.usage)}"]


def markdown_of(tuned: TunedLibrary) -> str:
    """The report as GitHub-flavoured Markdown."""
    head = "| " + " | ".join(column.title for column in COLUMNS) + " |"
    rule = "|" + "|".join("---:" if column.right else "---" for column in COLUMNS) + "|"
    rows = ["| " + " | ".join(map(plain, row_of(one))) + " |" for one in tuned.skills]
    said = [plain(f"{line}.") for line in told_sum(tuned)]
    return "\n".join(["## skillopt tune-all", "", head, rule, *rows, "", *said]) + "\n"


def told_plan(plan: Plan) -> list[str]:
    """The plan in lines: in which order skills are begun, and what each may take at most."""
    lines = [f"{count(len(plan.skills), 'skill')}, begun in this order; no call was made"]
    for one in plan.skills:
        entry = f"{count(one.entry_calls, 'call')} to measure it and for its sealed test"
        alone = ""
        if one.estimate is not None:
            calls = sum(role.calls for role in one.estimate.roles)
            alone = f", at most {calls:,} to its end, roughly {money(one.estimate.cost)}"
        lines.append(f"  {one.path}: {entry}{alone}")
    lines += [f"  left out: {path}: no validation set is named after it" for path in plan.left_out]
    lines += [f"  left out: {path}: {says}" for path, says in plan.invalid.items()]
    budget = _budget(plan.limits)
    most = "an unknown number of" if plan.most_calls is None else f"at most {plan.most_calls:,}"
    return [*lines, f"{most} calls (retries not counted); {budget}"]


def _sealed(sealed: SealedTest) -> str:
    scores = f"{percent(sealed.first_score)} → {percent(sealed.last_score)}"
    interval = f"[{points(sealed.low)}, {points(sealed.high)}]"
    certified = "certified" if sealed.certified else "not certified"
    return f"{scores}, {points(sealed.difference)} {interval}, {certified}"


def _ended(one: TunedSkill) -> str:
    if one.state == "tuned":
        return STOPPED.get(one.stopped_by or "", one.stopped_by or "")
    return f"{one.state}: {one.reason}"


def _budget(limits: SpendLimits) -> str:
    found = [
        f"--{name.replace('_', '-')} {value:,}"
        for name, value in limits.model_dump().items()
        if value is not None
    ]
    return f"one budget for all: {', '.join(found)}" if found else "no budget is set"
