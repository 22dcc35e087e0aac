"""`skillopt eval`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from skillopt.app.sync import run_to_end
from skillopt.cli.arguments import AsJson, SkillPath, Tasks
from skillopt.cli.junit import Junit, check_junit, eval_suite, write_junit
from skillopt.cli.options import ROLES_ONLY, with_settings
from skillopt.cli.output import count, percent, print_json, say_wrapped, tell

if TYPE_CHECKING:
    from skillopt.app.evaluate import Evaluation


@with_settings([*ROLES_ONLY, "trials"], runs=True)
def command(
    skill: SkillPath,
    *,
    tasks: Tasks = None,
    against: Annotated[
        str | None,
        typer.Option(
            help="Compare with another version (a path), or with `none`: no skill at all."
        ),
    ] = None,
    split: Annotated[
        Literal["train", "validation", "test"],
        typer.Option(
            help="Which tasks to run. The test tasks are sealed: evaluating on them uses them up."
        ),
    ] = "validation",
    benchmark: Annotated[
        Path | None,
        typer.Option(help="Also write the results as skill-creator's benchmark.json."),
    ] = None,
    junit: Junit = None,
    as_json: AsJson = False,
    given: dict[str, Any],
) -> None:
    """Score a skill on its validation tasks, with a 95 % interval.

    With --against, also the lift over another version, or over no skill at all.

    Example: skillopt eval my-skill/SKILL.md --against none --target openai/gpt-4o-mini
    """
    from skillopt.app.evaluate import evaluate_skill
    from skillopt.app.job import read_job
    from skillopt.cli.near_copies import say_import, warn_of_near_copies
    from skillopt.cli.progress import Progress

    check_junit(junit)
    progress = Progress(report=tell)
    job = read_job(skill, validation_set=tasks, on_event=progress.see, **given)
    say_import(job.inputs.validation_set)
    warn_of_near_copies(job.inputs.validation_set)
    try:
        measured = run_to_end(
            evaluate_skill(job, against=against, split=split, benchmark=benchmark)
        )
    finally:
        progress.clear()
    progress.warn(measured.warnings)
    write_junit(junit, [eval_suite(measured)])
    if as_json:
        print_json(measured)
        return
    say_wrapped(_told(measured))


def _told(measured: Evaluation) -> list[str]:
    from skillopt.cli.output import shown_usage
    from skillopt.cli.probe_report import told_agreement
    from skillopt.core.figures import points

    score = measured.score
    missing = f", {measured.missing} without a result" if measured.missing else ""
    interval = f"95 % interval [{percent(score.low)}, {percent(score.high)}]"
    tasks = f"{count(measured.tasks, f'{measured.split} task')}{missing}"
    lines = [f"{measured.skill}: {percent(score.mean)} on {tasks}, {interval}"]
    lines += [f"  warning: {text}" for text in measured.answers.lines]
    if measured.self_judged:
        lines.append("  judged by the target itself")
    lines += [f"  {name}: {percent(mean)}" for name, mean in measured.criteria.items()]
    if measured.agreement:
        lines += told_agreement(measured.agreement)
        lines += [f"  warning: {text}" for text in measured.agreement.partings]
    if measured.lift and measured.other:
        than = "no skill" if measured.against == "none" else measured.against
        lift = measured.lift
        interval = f"95 % interval [{points(lift.low)}, {points(lift.high)}]"
        found = f"lift {points(lift.difference)} points, {interval}, p = {lift.p_value:.4f}"
        lines.append(f"against {than}: {percent(measured.other.mean)}; {found}")
        theirs = measured.other_answers.lines if measured.other_answers else ()
        lines += [f"  warning: {text}" for text in theirs]
    lines.append(f"usage: {shown_usage(measured.usage)} (reused rollouts included)")
    return lines
