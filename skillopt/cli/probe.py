"""`skillopt probe`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from skillopt.app.sync import run_to_end
from skillopt.cli.arguments import AsJson, SkillPath, Tasks
from skillopt.cli.options import ROLES_ONLY, with_settings
from skillopt.cli.output import count, money, print_json, say_next, say_wrapped, tell
from skillopt.cli.store import named

if TYPE_CHECKING:
    from skillopt.app.job import Job
    from skillopt.core.estimate import Estimate
    from skillopt.core.probes.plan import ProbePlan

Again = Annotated[
    bool,
    typer.Option(
        "--second-attempts",
        help="Ask again, with the first answer and a neutral request to check it.",
    ),
]
SelfCheck = Annotated[
    bool,
    typer.Option(
        "--self-check",
        help="Ask for a confidence after the answer; it is taken off before grading.",
    ),
]
VariantCount = Annotated[int, typer.Option(help="Wrapped variants of each task, at most 9.")]
Kinds = Annotated[
    list[str] | None,
    typer.Option(
        help="Kind of variant: preamble, politeness, errors, order. Repeatable. Default: all but "
        "`order`, which may change what a task means."
    ),
]
Runs = Annotated[
    int, typer.Option(help="Plain runs of each task, to see whether they agree; at least 2.")
]
Against = Annotated[
    str | None,
    typer.Option(help="Compare with another version (a path), or with `none`: no skill at all."),
]
OpenSplit = Annotated[
    Literal["train", "validation"],
    typer.Option(help="Which tasks to run. The test tasks are never probed."),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Print the number of rollouts, without making a call.")
]


@with_settings([*ROLES_ONLY, "trials"], runs=True)
def command(  # noqa: PLR0913 - each is an option of its own
    skill: SkillPath,
    *,
    tasks: Tasks = None,
    second_attempts: Again = False,
    self_check: SelfCheck = False,
    variants: VariantCount = 0,
    kind: Kinds = None,
    agreement: Runs = 0,
    against: Against = None,
    split: OpenSplit = "validation",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    given: dict[str, Any],
) -> None:
    """Probe a skill: second attempts, self-checks, wrapped tasks, agreement.

    Each probe asks the same tasks in another manner and compares the answers with the plain ones.
    Without a probe named, all of them are run. Nothing is decided by a probe.

    Example: skillopt probe my-skill/SKILL.md --second-attempts --variants 3 --against none
    """
    from skillopt.app.job import read_job
    from skillopt.app.probe import probe_plan, probe_skill
    from skillopt.cli.probe_report import told
    from skillopt.cli.progress import Progress

    plan = probe_plan(
        second_attempts=second_attempts,
        self_check=self_check,
        variants=variants,
        agreement=agreement,
        **({"kinds": tuple(kind)} if kind else {}),
    )
    progress = Progress(report=tell)
    job = read_job(skill, validation_set=tasks, on_event=progress.see, **given)
    expected = _expected(job, plan, split, versions=1 if against is None else 2)
    made = _estimate(job, expected)
    if dry_run:
        _say_expected(expected, made, as_json=as_json)
        return
    tell(told_expected(expected, made))
    try:
        report = run_to_end(probe_skill(job, plan, against=against, split=split))
    finally:
        progress.clear()
    progress.warn(report.warnings)
    if as_json:
        print_json(report)
        return
    say_wrapped(list(told(report)))
    say_next(f"skillopt runs show {report.run}{named(given.get('ledger'), of=skill)}")


def _expected(
    job: Job, plan: ProbePlan, split: Literal["train", "validation"], *, versions: int
) -> dict[str, int]:
    """The most rollouts, by what they are for."""
    tasks = len(job.inputs.validation_set.split(split))
    each = plan.rollouts(tasks, trials=job.inputs.settings.trials)
    return {name: versions * rollouts for name, rollouts in each.items()}


def _estimate(job: Job, expected: dict[str, int]) -> Estimate:
    from skillopt.app.estimate import estimate_rollouts

    return estimate_rollouts(job.inputs, sum(expected.values()))


def _say_expected(expected: dict[str, int], made: Estimate, *, as_json: bool) -> None:
    if as_json:
        estimate = {**made.model_dump(mode="json"), "cost": made.cost}
        print_json({**estimate, "by_probe": expected})
    else:
        say_wrapped([told_expected(expected, made)])


def told_expected(expected: dict[str, int], made: Estimate) -> str:
    """The most rollouts in a line, with tokens and cost where a model is called."""
    parts = ", ".join(f"{rollouts:,} {name}" for name, rollouts in expected.items())
    total = count(made.rollouts, "rollout")
    tokens = sum(role.prompt_tokens + role.completion_tokens for role in made.roles)
    spend = f", about {tokens:,} tokens, {money(made.cost)}" if made.roles else ""
    return f"at most {total} ({parts}){spend}; those in the ledger are not paid again"
