"""Probe a skill: second attempts, self-checks, wrapped variants, agreement; beside its score."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Unpack

from pydantic import ValidationError

from skillopt.app.evaluate import version_against
from skillopt.app.job import Job, read_job
from skillopt.app.options import Options
from skillopt.app.session import open_session
from skillopt.app.sync import wait_for
from skillopt.core.evaluation.outcomes import mostly_missing, told_missing
from skillopt.core.evaluation.rollout import Missing, Usage
from skillopt.core.evaluation.task import Task
from skillopt.core.evaluation.variants import KINDS, VariantKind
from skillopt.core.probes.agreement import parted_between
from skillopt.core.probes.means import Mean
from skillopt.core.probes.plan import ProbePlan
from skillopt.core.probes.report import Probed, differences, probed
from skillopt.core.probes.runs import MeasureName
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value
from skillopt.engine.steps.probe import Probe, run_probe
from skillopt.errors import OutcomesMissing, SettingsError

OpenSplit = Literal["train", "validation"]
"""The splits that may be looked at again and again."""


class ProbeReport(Value):
    """What :func:`aprobe` measured."""

    run: str
    """The run's id in the ledger."""
    skill: str
    digest: str
    split: OpenSplit
    tasks: int
    plan: ProbePlan
    missing: int
    """Rollouts without an outcome; they are left out."""
    found: Probed
    against: str | None = None
    """`none`, or the other version's path."""
    other: Probed | None = None
    """What was found of it."""
    differences: dict[MeasureName, Mean]
    """This version minus the other, measure by measure, paired by task; empty without another."""
    partings: tuple[str, ...] = ()
    """Sentences: where agreement and score part, in a version or between the two."""
    self_judged: bool = False
    """The judge is the target itself."""
    warnings: tuple[str, ...] = ()
    """What a person should know."""
    usage: Usage
    """What the rollouts used, those that were paid earlier included."""
    spent: Usage
    """What this call paid."""


def probe(
    skill: Skill | str | Path,
    *,
    second_attempts: bool = False,
    self_check: bool = False,
    variants: int = 0,
    kinds: Sequence[VariantKind] = KINDS,
    agreement: int = 0,
    against: Skill | str | Path | None = None,
    split: OpenSplit = "validation",
    **options: Unpack[Options],
) -> ProbeReport:
    """:func:`aprobe`, waited for.

    Raises:
        RuntimeError: an event loop is running already.
    """
    running = aprobe(
        skill,
        second_attempts=second_attempts,
        self_check=self_check,
        variants=variants,
        kinds=kinds,
        agreement=agreement,
        against=against,
        split=split,
        **options,
    )
    return wait_for(running, instead="aprobe")


async def aprobe(
    skill: Skill | str | Path,
    *,
    second_attempts: bool = False,
    self_check: bool = False,
    variants: int = 0,
    kinds: Sequence[VariantKind] = KINDS,
    agreement: int = 0,
    against: Skill | str | Path | None = None,
    split: OpenSplit = "validation",
    **options: Unpack[Options],
) -> ProbeReport:
    """Ask the tasks of one split in other manners, and compare with the plain rollouts.

    Without any probe named, all of them are run.

    Args:
        skill: a path or a value.
        second_attempts: ask again, with the first answer and a neutral request to check it.
        self_check: ask for a confidence after the answer; it is taken off before grading.
        variants: wrapped variants of each task.
        kinds: of the variants, in turn.
        agreement: plain runs of each task, to see whether they agree; 2 at least.
        against: another version, or `none` for the target without any skill.
        split: `validation` or `train`; the sealed test is never probed.
        options: as for :func:`skillopt.atune`; rollouts that the ledger has are not paid again.

    Raises:
        InputError: the skill, the tasks or the settings cannot be used.
        RunStopped: the provider refuses every call, or most tasks have no outcome.
        SpendExhausted: a limit leaves no room.
    """
    plan = probe_plan(
        second_attempts=second_attempts,
        self_check=self_check,
        variants=variants,
        kinds=tuple(kinds),
        agreement=agreement,
    )
    return await probe_skill(read_job(skill, **options), plan, against=against, split=split)


def probe_plan(**named: object) -> ProbePlan:
    """The probes that are named, or all of them.

    Raises:
        SettingsError: a number of variants or runs is out of range, or there is no such kind.
    """
    try:
        return ProbePlan.model_validate(named).complete
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "probe"
        raise SettingsError(f"{where}: {first['msg']}, got {first['input']!r}") from None


async def probe_skill(
    job: Job,
    plan: ProbePlan,
    *,
    against: Skill | str | Path | None = None,
    split: OpenSplit = "validation",
) -> ProbeReport:
    """:func:`aprobe` for a job that is read."""
    inputs, other = job.inputs, version_against(against)
    if split not in ("train", "validation"):
        raise SettingsError(f"split is {split!r}; a probe runs on `train` or `validation` tasks")
    inputs.validation_set.check_filled(split)
    async with open_session(job) as session:
        record, context = await session.start_run("probe")
        plan, left_out = _worth_it(plan, deterministic=context.deterministic)
        tasks = inputs.validation_set.split(split)
        mine = await run_probe(context, inputs.skill, tasks, plan)
        theirs = None
        if against is not None:
            theirs = await run_probe(context, other, tasks, plan, history=mine.runs.plain)
        ended = await session.end_run(record, stopped_by="measured", last=record.first)
    found = _found(mine, tasks)
    compared = _found(theirs, tasks) if theirs else None
    apart = differences(theirs.runs, mine.runs, tasks) if theirs else {}
    between = parted_between(apart.get("agreement"), apart.get("score"))
    within = found.agreement.partings if found.agreement else ()
    made = [mine, *([theirs] if theirs else [])]
    return ProbeReport(
        run=ended.id,
        skill=inputs.name,
        digest=inputs.skill.digest,
        split=split,
        tasks=len(tasks),
        plan=plan,
        missing=sum(len(one.lost) for one in made),
        found=found,
        against=None if against is None else "" if isinstance(against, Skill) else str(against),
        other=compared,
        differences=apart,
        partings=(*within, *([between] if between else [])),
        self_judged=job.self_judged,
        warnings=(*session.warnings, *left_out),
        usage=sum((one.usage for one in made), Usage()),
        spent=ended.usage,
    )


def _worth_it(plan: ProbePlan, *, deterministic: bool) -> tuple[ProbePlan, tuple[str, ...]]:
    """The plan without what a deterministic target cannot show, and a sentence that says so."""
    if not (deterministic and plan.agreement):
        return plan, ()
    says = "agreement is left out: the target is deterministic, so its runs always agree"
    return plan.model_copy(update={"agreement": 0}), (says,)


def _found(made: Probe, tasks: Sequence[Task]) -> Probed:
    """What the rollouts show.

    Raises:
        OutcomesMissing: most tasks have no plain rollout with an outcome.
    """
    found = probed(made.runs, tasks)
    have = {one.task_id for one in made.runs.plain}
    lacking = len(tasks) - len(have)
    if found is None or mostly_missing(lacking, of=len(tasks)):
        lost: list[Missing] = list(made.lost)
        none = f"{lacking} of {len(tasks)} tasks have no outcome, too many to compare with"
        raise OutcomesMissing(told_missing(lost, have_none=none))
    return found
