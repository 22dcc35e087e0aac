"""`skillopt aa`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from skillopt.cli.arguments import AsJson, SkillPath, Tasks
from skillopt.cli.options import ROLES_ONLY, with_settings
from skillopt.cli.output import percent, print_json, printable, say, tell

if TYPE_CHECKING:
    from skillopt.app.aa import AATest

MOST_SHOWN = 12
"""Flaky tasks in the plain report; `--json` has all of them."""


@with_settings([*ROLES_ONLY, "gate", "alpha", "passes", "max_missing"])
def command(
    skill: SkillPath,
    *,
    tasks: Tasks = None,
    runs: Annotated[int, typer.Option(min=2, help="Runs of each validation task.")] = 6,
    contests: Annotated[
        int, typer.Option(min=1, max=100_000, help="Contests the runs are dealt out to; free.")
    ] = 500,
    as_json: AsJson = False,
    given: dict[str, Any],
) -> None:
    """Put a skill through the gate against itself, with the target's own noise.

    Each validation task is run several times with the same skill. What the gate then accepts, it
    accepts falsely: the report says how often, which tasks are flaky, and how much of the scores is
    chance. A target that answers alike every time is found out after three runs a task.

    Example: skillopt aa skills/triage-support-tickets/SKILL.md
    """
    from skillopt.app.aa import aaa
    from skillopt.cli.progress import Progress

    progress = Progress(report=tell)
    try:
        measured = asyncio.run(
            aaa(
                skill,
                runs=runs,
                contests=contests,
                validation_set=tasks,
                on_event=progress.see,
                **given,
            )
        )
    finally:
        progress.clear()
    if as_json:
        print_json(measured)
        return
    for line in told(measured):
        say(line)


def told(measured: AATest) -> list[str]:
    """The report in plain lines."""
    from skillopt.cli.output import told_usage

    missing = f", {measured.missing} rollouts without an outcome" if measured.missing else ""
    return [
        f"{measured.skill}: {measured.tasks} validation tasks, {measured.runs} runs each{missing}",
        *_told_rate(measured),
        *_told_noise(measured),
        f"run {measured.run}, spent {told_usage(measured.usage)}",
    ]


def _told_rate(measured: AATest) -> list[str]:
    found = measured.false_accepts
    if found is None:
        what = "answer" if measured.same_answers else "score"
        return [f"the {what} of every task was the same every time: equal skills never pass"]
    interval = f"95 % interval [{percent(found.low)}, {percent(found.high)}]"
    share = f"{percent(found.rate)} of {found.contests} contests"
    return [f"gate {measured.gate}: accepts an equal skill in {share}, {interval}"]


def _told_noise(measured: AATest) -> list[str]:
    noise = measured.noise
    if measured.same_answers:
        if measured.declared:
            return ["the target is declared deterministic, and is"]
        if measured.steady:
            return ["the target looks deterministic; tuning runs on these tasks will take it so"]
        return ["the target looks deterministic: --deterministic spares all repeated runs"]
    icc = "n/a" if noise.icc is None else f"{noise.icc:.2f}"
    spread = f"run noise: standard deviation {noise.run_sd:.3f} of a single score"
    lines = [
        f"{spread}; share of the variance between tasks (ICC) {icc}",
        f"{len(noise.flaky)} flaky tasks",
    ]
    if measured.declared:
        lines.insert(0, "warning: the target is declared deterministic, and is not")
    for one in noise.flaky[:MOST_SHOWN]:
        sentinel = ", protected: cannot be a sentinel" if one.protected else ""
        name = printable(one.task)[:48]
        lines.append(f"  {name:<48} mean {one.mean:.2f}, sd {one.sd:.2f}{sentinel}")
    rest = len(noise.flaky) - MOST_SHOWN
    return [*lines, *([f"  and {rest} more (--json has them)"] if rest > 0 else [])]
