"""`skillopt tune`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from skillopt.app.sync import run_to_end
from skillopt.cli.arguments import AsJson, SkillPath, Tasks
from skillopt.cli.options import PANELS, with_settings
from skillopt.cli.output import (
    money,
    print_json,
    say,
    say_next,
    say_report,
    say_wrapped,
    tell,
    tell_warnings,
)
from skillopt.cli.store import shown_ledger
from skillopt.errors import ApprovalNeeded

if TYPE_CHECKING:
    from skillopt.app.inputs import Inputs
    from skillopt.core.estimate import Estimate
    from skillopt.core.events import HealthChecked


@with_settings([name for names in PANELS.values() for name in names], runs=True)
def command(
    skill: SkillPath,
    *,
    tasks: Tasks = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the result to this file instead of the skill's own.")
    ] = None,
    write: Annotated[
        bool, typer.Option("--write/--no-write", help="Whether to write the result to a file.")
    ] = True,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what the run may cost, without making a call.")
    ] = False,
    wait: Annotated[
        bool,
        typer.Option(
            "--wait",
            help="With --approve: wait for each decision, and ask for it on a terminal, instead of "
            "ending with exit code 5.",
        ),
    ] = False,
    as_json: AsJson = False,
    given: dict[str, Any],
) -> None:
    """Tune a skill on its tasks.

    The optimizer sees the target's failures on train tasks and proposes a small edit. The gate
    tests it on validation tasks and accepts or rejects it. At the end the sealed test compares the
    first version with the last. Running the same command again resumes an interrupted run.

    Example: skillopt tune skills/triage-support-tickets/SKILL.md
    """
    from skillopt.app.job import read_job

    if dry_run:
        job = read_job(skill, proposes=True, validation_set=tasks, **given)
        _estimate(job.inputs, as_json=as_json)
        return
    _tune(skill, tasks, out=out, write=write, wait=wait, as_json=as_json, given=given)


def _tune(
    skill: Path,
    tasks: Path | None,
    *,
    out: Path | None,
    write: bool,
    wait: bool,
    as_json: bool,
    given: dict[str, Any],
) -> None:
    from skillopt.app.inputs import is_practice
    from skillopt.app.job import read_job
    from skillopt.app.power import measured_power
    from skillopt.app.tune import tune_skill
    from skillopt.cli.approval_prompt import say_needed, waiter
    from skillopt.cli.narrate import lines, next_steps, told_notes, told_power, told_run
    from skillopt.cli.near_copies import say_import, warn_of_near_copies
    from skillopt.cli.progress import Progress
    from skillopt.core.events import Event, HealthChecked

    def see(event: Event) -> None:
        progress.see(event)
        for line in (*lines(event, self_judged=job.self_judged), *told_notes(event, noted)):
            progress.line(line)
        if isinstance(event, HealthChecked):
            for line in _measured(job.inputs, event):
                progress.line(line)

    job = read_job(skill, proposes=True, validation_set=tasks, on_event=see, **given)
    noted: set[str] = set()
    progress = Progress(report=tell if as_json else say_report, limits=job.inputs.settings.limits())
    if is_practice(job.inputs.settings):
        progress.line("practice run: offline practice models, not language models")
    inputs = job.inputs
    say_import(inputs.validation_set)
    warn_of_near_copies(inputs.validation_set)
    known = measured_power(inputs.validation_set, inputs.settings, inputs.project)
    power = run_to_end(known)
    for line in told_power(power):
        progress.line(line)
    try:
        on_waiting = waiter(inputs, progress.clear, asks=not as_json) if wait else None
        run = run_to_end(tune_skill(job, out=out, write=write, on_waiting=on_waiting))
    except ApprovalNeeded as needed:
        progress.clear()
        if not as_json:
            say_needed(needed.entry, inputs)
        raise
    finally:
        progress.clear()
    if as_json:
        print_json({**run.model_dump(mode="json"), "power": power.model_dump(mode="json")})
        return
    say_wrapped(told_run(run))
    say(f"recorded in {shown_ledger(inputs.settings.ledger, of=skill)}")
    say_next(
        *next_steps(run, skill=skill, own=job.inputs.file or skill, ledger=given.get("ledger"))
    )


def _measured(inputs: Inputs, event: HealthChecked) -> list[str]:
    """The estimate, with what the health checks measured."""
    from skillopt.app.estimate import estimate_run
    from skillopt.app.health import called

    if inputs.settings.model("target") is None:
        return []
    made = estimate_run(inputs, called=called(inputs, event.checks))
    tokens = sum(role.prompt_tokens + role.completion_tokens for role in made.roles)
    calls = sum(role.calls for role in made.roles)
    parts = [
        f"estimate: at most {calls:,} calls (retries not counted)",
        f"roughly {tokens:,} tokens, a guess",
        money(made.cost),
    ]
    if made.seconds is not None:
        from skillopt.cli.run_state import seconds

        parts.append(f"{seconds(made.seconds)} if one call waits for the other")
    return [", ".join(parts)]


def _estimate(inputs: Inputs, *, as_json: bool) -> None:
    from skillopt.app.estimate import estimate_run
    from skillopt.core.limits import limit_warnings

    tell_warnings(limit_warnings(inputs.skill, inputs.validation_set, inputs.settings))
    made = estimate_run(inputs)
    if as_json:
        print_json({**made.model_dump(mode="json"), "cost": made.cost})
    else:
        say_wrapped(_told(made))


def _told(made: Estimate) -> list[str]:
    rollouts = f"at most {made.rollouts:,} rollouts"
    lines = [f"{rollouts} (estimate; no call was made, retries are not counted)"]
    for role in made.roles:
        tokens = f"{role.prompt_tokens:,} prompt + {role.completion_tokens:,} completion tokens"
        share = f"at most {role.calls:,} calls, roughly {tokens}, {money(role.cost)}"
        lines += [f"  {role.role:<10} {role.model}: {share}"]
    if made.unpriced:
        lines.append(
            f"no known price for {', '.join(made.unpriced)}; --max-cost cannot be used with it"
        )
    else:
        lines.append(f"roughly {money(made.cost)} in total")
    return lines
