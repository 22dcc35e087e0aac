"""`skillopt aa`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from skillopt.app.sync import run_to_end
from skillopt.cli.arguments import AsJson, SkillPath, Tasks
from skillopt.cli.options import ROLES_ONLY, with_settings
from skillopt.cli.output import count, percent, print_json, say_next, say_wrapped, tell
from skillopt.cli.store import named
from skillopt.cli.terminal import printable

if TYPE_CHECKING:
    from skillopt.app.aa import AATest

MOST_SHOWN = 12
"""Flaky tasks in the plain report; `--json` has all of them."""


@with_settings([*ROLES_ONLY, "gate", "alpha", "passes", "max_missing"], runs=True)
def command(
    skill: SkillPath,
    *,
    tasks: Tasks = None,
    runs: Annotated[int, typer.Option(min=2, help="Runs of each validation task.")] = 6,
    contests: Annotated[
        int, typer.Option(min=1, max=100_000, help="Simulated contests; they cost no rollouts.")
    ] = 500,
    as_json: AsJson = False,
    given: dict[str, Any],
) -> None:
    """Run an A/A test: how often does the gate accept an identical skill?

    Each validation task is run several times with the same skill, so every acceptance is false. The
    report shows the false accept rate, the flaky tasks, and how much of the scores is noise. A
    deterministic target is detected after three runs of each task.

    Example: skillopt aa skills/triage-support-tickets/SKILL.md
    """
    from skillopt.app.aa import aaa
    from skillopt.cli.progress import Progress

    progress = Progress(report=tell)
    try:
        measured = run_to_end(
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
    say_wrapped(told(measured))
    say_next(f"skillopt runs show {measured.run}{named(given.get('ledger'), of=skill)}")


def told(measured: AATest) -> list[str]:
    """The report in plain lines."""
    from skillopt.cli.output import shown_usage

    missing = f", {count(measured.missing, 'rollout')} without a result" if measured.missing else ""
    tasks = count(measured.tasks, "validation task")
    return [
        f"{measured.skill}: {tasks}, {measured.runs} runs each{missing}",
        *_told_rate(measured),
        *_told_noise(measured),
        f"run {measured.run}, spent {shown_usage(measured.usage)}",
    ]


def _told_rate(measured: AATest) -> list[str]:
    found = measured.false_accepts
    if found is None:
        what = "answer" if measured.same_answers else "score"
        return [f"every task gave the same {what} each time: an identical skill is never accepted"]
    interval = f"95 % interval [{percent(found.low)}, {percent(found.high)}]"
    share = f"{percent(found.rate)} of {count(found.contests, 'contest')}"
    return [f"gate {measured.gate}: accepts an identical skill in {share}, {interval}"]


def _told_noise(measured: AATest) -> list[str]:
    noise = measured.noise
    if measured.same_answers:
        if measured.declared:
            return ["the target is deterministic, as declared"]
        if measured.steady:
            return ["the target looks deterministic; tuning runs on these tasks will treat it so"]
        return ["the target looks deterministic; --deterministic avoids repeated runs"]
    icc = "n/a" if noise.icc is None else f"{noise.icc:.2f}"
    spread = f"run noise: standard deviation {noise.run_sd:.3f} per score"
    lines = [
        f"{spread}; share of the variance between tasks (ICC) {icc}",
        count(len(noise.flaky), "flaky task"),
    ]
    if measured.declared:
        lines.insert(0, "warning: the target is declared deterministic, but its answers differ")
    for one in noise.flaky[:MOST_SHOWN]:
        sentinel = ", protected: cannot be a sentinel" if one.protected else ""
        name = printable(one.task)[:48]
        lines.append(f"  {name:<48} mean {one.mean:.2f}, sd {one.sd:.2f}{sentinel}")
    rest = len(noise.flaky) - MOST_SHOWN
    return [*lines, *([f"  and {rest} more (--json has them)"] if rest > 0 else [])]
