"""Measure a skill: its score, and its lift over another version or over no skill at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from skillopt.adapters.files.skill_file import read_skill
from skillopt.app.benchmark import check_benchmark, write_benchmark
from skillopt.app.job import Job, read_job
from skillopt.app.options import Options
from skillopt.app.session import Session, open_session
from skillopt.app.sync import wait_for
from skillopt.core.evaluation.answer_faults import AnswerFaults, answer_fault, counted
from skillopt.core.evaluation.outcomes import mostly_missing, told_missing
from skillopt.core.evaluation.rollout import Graded, Missing, Rollout, Usage
from skillopt.core.evaluation.task import Split, Task
from skillopt.core.events import RunStarted, ScoreMeasured
from skillopt.core.gate import GateTask, mean_interval, sealed_test
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.history.sealed_openings import opened_by
from skillopt.core.probes.agreement import Agreement, agreement_by_task, agreement_of
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value
from skillopt.engine.context import RunContext
from skillopt.engine.steps.check_health import check_health, recall_health
from skillopt.engine.steps.roll_out import NO_SKILL, Wish, roll_out, rollout_key
from skillopt.errors import OutcomesMissing

if TYPE_CHECKING:
    from pandas import DataFrame

EVALUATIONS = "evaluations"
"""The run that rollouts of evaluations belong to."""


class Score(Value):
    """A mean score with its 95 % interval."""

    mean: float
    low: float
    high: float


class TaskResult(Value):
    """How one task went."""

    task: str
    """Its id."""
    score: float | None
    """Mean score of its runs; None where there is no outcome."""
    other: float | None = None
    """The other version's."""
    runs: int
    """Runs with an outcome."""
    seconds: float
    """Of all its runs."""
    faults: tuple[str, ...] = ()
    """What checks found wrong, each once; why there is no outcome, where there is none."""


class Evaluation(Value):
    """What :func:`aevaluate` measured."""

    skill: str
    digest: str
    split: Split
    tasks: int
    missing: int
    """Tasks without an outcome; they are left out of the score."""
    score: Score
    criteria: dict[str, float]
    """Mean score by criterion."""
    by_task: tuple[TaskResult, ...] = ()
    """In the order of the validation set."""
    against: str | None = None
    """`none`, or the other version's path."""
    other: Score | None = None
    answers: AnswerFaults = AnswerFaults()
    """How many of its answers were empty, cut, refused or the like."""
    other_answers: AnswerFaults | None = None
    """The same of the other version's."""
    agreement: Agreement | None = None
    """How far repeated runs agree, beside the score: a diagnostic. None for one run of each task,
    and for a deterministic target, whose runs always agree."""
    lift: SealedTest | None = None
    """Paired comparison, the other version first and this one last."""
    self_judged: bool = False
    """The judge is the target itself."""
    warnings: tuple[str, ...] = ()
    """What a person should know: that the sealed test is spent, that the target has no identity,
    that the file may have been moved."""
    usage: Usage
    """What the rollouts used, those that were paid earlier included."""

    def to_frame(self) -> DataFrame:
        """The tasks as a pandas table, one a row, in the order of the validation set.

        Columns: `task` string, `score` and `other` Float64, `runs` Int64, `seconds` Float64,
        `faults` string (one a line). What is missing is NA.

        Raises:
            InputError: pandas is not installed.
        """
        from skillopt.app.frames import evaluation_frame

        return evaluation_frame(self)

    def _repr_html_(self) -> str:
        from skillopt.app.shown import evaluation_html

        return evaluation_html(self)


def evaluate(
    skill: Skill | str | Path,
    *,
    against: Skill | str | Path | None = None,
    split: Split = "validation",
    **options: Unpack[Options],
) -> Evaluation:
    """:func:`aevaluate`, waited for.

    Raises:
        RuntimeError: an event loop is running already.
    """
    running = aevaluate(skill, against=against, split=split, **options)
    return wait_for(running, instead="aevaluate")


async def aevaluate(
    skill: Skill | str | Path,
    *,
    against: Skill | str | Path | None = None,
    split: Split = "validation",
    **options: Unpack[Options],
) -> Evaluation:
    """Run a skill on the tasks of one split and score it.

    Args:
        skill: a path or a value.
        against: another version, or `none` for the target without any skill.
        split: `validation` by default. The test split is sealed: evaluating on it uses it up.
        options: as for :func:`skillopt.atune`; rollouts that the ledger has are not paid again.

    Raises:
        InputError: the skill, the tasks or the settings cannot be used.
        RunStopped: the provider refuses every call, or most tasks have no outcome.
        SpendExhausted: a limit leaves no room.
    """
    return await evaluate_skill(read_job(skill, **options), against=against, split=split)


async def evaluate_skill(
    job: Job,
    *,
    against: Skill | str | Path | None = None,
    split: Split = "validation",
    only: frozenset[str] | None = None,
    benchmark: Path | None = None,
) -> Evaluation:
    """:func:`aevaluate` for a job that is read.

    Args:
        job: what is evaluated.
        against: another version, or `none`.
        split: which tasks.
        only: the ids of the tasks to keep to; None for all of the split.
        benchmark: a file for the results in skill-creator's form; an earlier one is replaced.
    """
    if benchmark is not None:
        check_benchmark(benchmark)
    job.inputs.validation_set.check_filled(split)
    inputs, other = job.inputs, version_against(against)
    async with open_session(job) as session:
        whole = inputs.validation_set.split(split)
        tasks = tuple(task for task in whole if only is None or task.id in only)
        context, warnings = await _context(session, split)
        wishes = [(task, trial) for task in tasks for trial in range(context.settings.trials)]
        versions = [inputs.skill, *([other] if against is not None else [])]
        await recall_health(context)
        if split != "test" and await _spends(context, versions, wishes):
            await check_health(context, again=True)
        mine = await roll_out(context, inputs.skill, wishes)
        theirs = await roll_out(context, other, wishes) if against is not None else ()
        score = _told_score(context, inputs.skill, mine, tasks)
        other_score = _told_score(context, other, theirs, tasks) if against is not None else None
    if benchmark is not None:
        write_benchmark(benchmark, inputs, tasks, (mine, theirs), against=against)
    return Evaluation(
        skill=inputs.name,
        digest=inputs.skill.digest,
        split=split,
        tasks=len(tasks),
        missing=sum(not runs for runs in _by_task(mine, tasks).values()),
        score=score,
        criteria=_criteria(mine),
        by_task=_results(mine, theirs, tasks),
        against=None if against is None else str(against) if not isinstance(against, Skill) else "",
        other=other_score,
        answers=counted(map(answer_fault, mine)),
        other_answers=counted(map(answer_fault, theirs)) if against is not None else None,
        agreement=None if context.deterministic else _agreement(mine, tasks, context),
        lift=_lift(theirs, mine, tasks, context.settings.seed) if against is not None else None,
        self_judged=job.self_judged,
        warnings=(*session.warnings, *warnings),
        usage=sum((rollout.usage for rollout in (*mine, *theirs)), Usage()),
    )


async def _context(session: Session, split: Split) -> tuple[RunContext, tuple[str, ...]]:
    """Where the rollouts belong; that the sealed test is opened is recorded before the first."""
    inputs = session.job.inputs
    if split != "test":
        context = session.setup.for_run(EVALUATIONS, first=inputs.skill)
        context.emit(
            RunStarted(
                run=EVALUATIONS, kind="eval", skill=inputs.name, resumed=False, rounds_done=0
            )
        )
        return context, ()
    opened = opened_by(inputs.validation_set.split("test"))
    record, context = await session.start_run("eval", last=inputs.skill.digest, opened=opened)
    await session.end_run(record, stopped_by="evaluated")
    warning = (
        f"the test tasks are used up now (recorded in the ledger): a later tuning run of "
        f"{inputs.name!r} cannot certify on them; add new test tasks, or pass --reopen-sealed"
    )
    return context, (warning,)


async def _spends(
    context: RunContext, versions: Sequence[Skill | None], wishes: Sequence[Wish]
) -> bool:
    """Some of the rollouts are still to be paid."""
    keys = {
        rollout_key(context, version, task, trial) for version in versions for task, trial in wishes
    }
    return len(await context.ledger.rollouts(tuple(keys))) < len(keys)


def version_against(against: Skill | str | Path | None) -> Skill | None:
    """The version to compare with; None for none, and for no skill at all."""
    if against is None or against == "none" or isinstance(against, Skill):
        return against if isinstance(against, Skill) else None
    return read_skill(Path(against))


def _by_task(rollouts: Sequence[Rollout], tasks: Sequence[Task]) -> dict[str, tuple[float, ...]]:
    scores: dict[str, list[float]] = {task.id: [] for task in tasks}
    for rollout in rollouts:
        if isinstance(rollout, Graded):
            scores[rollout.task_id].append(rollout.score)
    return {name: tuple(runs) for name, runs in scores.items()}


def _score(rollouts: Sequence[Rollout], tasks: Sequence[Task]) -> Score:
    runs = _by_task(rollouts, tasks)
    scored = [task for task in tasks if runs[task.id]]
    lost = [rollout for rollout in rollouts if isinstance(rollout, Missing)]
    if not scored and not lost:
        raise OutcomesMissing("no task has an outcome: no tasks")
    if mostly_missing(len(tasks) - len(scored), of=len(tasks)):
        count = f"{len(tasks) - len(scored)} of {len(tasks)} tasks have no outcome"
        none = f"{count}, too many for a score" if scored else "no task has an outcome"
        raise OutcomesMissing(told_missing(lost, have_none=none))
    means = [sum(runs[task.id]) / len(runs[task.id]) for task in scored]
    mean, low, high = mean_interval(
        means, [task.weight for task in scored], [task.cluster for task in scored]
    )
    return Score(mean=mean, low=low, high=high)


def _results(
    mine: Sequence[Rollout], theirs: Sequence[Rollout], tasks: Sequence[Task]
) -> tuple[TaskResult, ...]:
    """Each task's result, in the order of the tasks."""
    runs: dict[str, list[Rollout]] = {task.id: [] for task in tasks}
    for rollout in mine:
        runs[rollout.task_id].append(rollout)
    scores, others = _by_task(mine, tasks), _by_task(theirs, tasks)
    return tuple(
        TaskResult(
            task=name,
            score=_mean(scores[name]),
            other=_mean(others[name]),
            runs=len(scores[name]),
            seconds=sum(one.seconds for one in some),
            faults=tuple(dict.fromkeys(fault for one in some for fault in _faults(one))),
        )
        for name, some in runs.items()
    )


def _faults(rollout: Rollout) -> Iterator[str]:
    if isinstance(rollout, Missing):
        yield rollout.reason
        return
    if rollout.target_error:
        yield rollout.target_error
    for result in rollout.results:
        if result.score < 1:
            yield f"{result.criterion}: {result.feedback}".rstrip(": ")


def _mean(scores: Sequence[float]) -> float | None:
    return sum(scores) / len(scores) if scores else None


def _told_score(
    context: RunContext, version: Skill | None, rollouts: Sequence[Rollout], tasks: Sequence[Task]
) -> Score:
    score = _score(rollouts, tasks)
    context.emit(
        ScoreMeasured(
            version=version.digest if version else NO_SKILL,
            split=tasks[0].split,
            score=score.mean,
            low=score.low,
            high=score.high,
            tasks=len(tasks),
            missing=sum(not runs for runs in _by_task(rollouts, tasks).values()),
        )
    )
    return score


def _agreement(
    rollouts: Sequence[Rollout], tasks: Sequence[Task], context: RunContext
) -> Agreement | None:
    graded = [one for one in rollouts if isinstance(one, Graded)]
    scores = {task: sum(runs) / len(runs) for task, runs in _by_task(graded, tasks).items() if runs}
    return agreement_of(agreement_by_task(graded), scores, tasks, runs=context.settings.trials)


def _lift(
    theirs: Sequence[Rollout], mine: Sequence[Rollout], tasks: Sequence[Task], seed: int
) -> SealedTest:
    lift = sealed_test(
        _by_task(theirs, tasks),
        _by_task(mine, tasks),
        tasks=tuple(
            GateTask(id=task.id, cluster=task.cluster, weight=task.weight) for task in tasks
        ),
        seed=seed,
    )
    if mostly_missing(lift.missing, of=len(tasks)):
        lost = [one for one in (*theirs, *mine) if isinstance(one, Missing)]
        none = f"{lift.missing} of {len(tasks)} tasks have no outcome in both versions"
        raise OutcomesMissing(told_missing(lost, have_none=f"{none}, too many for a comparison"))
    return lift


def _criteria(rollouts: Sequence[Rollout]) -> dict[str, float]:
    found: dict[str, list[float]] = defaultdict(list)
    for rollout in rollouts:
        if isinstance(rollout, Graded):
            for result in rollout.results:
                found[result.criterion].append(result.score)
    return {name: sum(scores) / len(scores) for name, scores in sorted(found.items())}
