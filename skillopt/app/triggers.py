"""Measure whether a skill's description gets it loaded: recall, and false triggers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Unpack

from skillopt.app.evaluate import EVALUATIONS, Score
from skillopt.app.job import Job, read_job
from skillopt.app.options import Options
from skillopt.app.session import open_session
from skillopt.app.sync import wait_for
from skillopt.core.evaluation.checks import SkillLoaded
from skillopt.core.evaluation.loading import described, loaded_by
from skillopt.core.evaluation.outcomes import mostly_missing, told_missing
from skillopt.core.evaluation.rollout import Graded, Missing, Rollout, Usage
from skillopt.core.evaluation.task import Split, Task
from skillopt.core.gate import mean_interval
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value
from skillopt.engine.steps.check_health import check_health
from skillopt.engine.steps.roll_out import roll_out
from skillopt.errors import OutcomesMissing

TRIALS = 3
"""Runs of each query, as in skill-creator."""
THRESHOLD = 0.5
"""Share of the runs that load the skill from which on a query triggers it."""


class QueryResult(Value):
    """What the target did with one query."""

    query: str
    split: Split
    should_trigger: bool
    loaded: int
    """Runs that loaded the skill."""
    runs: int
    """Runs with an outcome."""
    others: tuple[str, ...] = ()
    """The neighbours that were loaded in one of them."""

    @property
    def rate(self) -> float:
        """Share of its runs that loaded the skill."""
        return self.loaded / self.runs if self.runs else 0.0

    @property
    def passed(self) -> bool:
        """The skill triggers where it should, and only there."""
        return bool(self.runs) and (self.rate >= THRESHOLD) is self.should_trigger


class Triggering(Value):
    """What :func:`ameasure_triggers` measured."""

    skill: str
    digest: str
    recall: Score | None
    """Share of runs that load the skill where they should; None without such queries."""
    false_triggers: Score | None
    """Share of runs that load it where they should not; None likewise."""
    queries: tuple[QueryResult, ...]
    neighbours: tuple[str, ...]
    """The skills whose descriptions stood beside it."""
    trials: int
    missing: int
    """Runs without an outcome; they are left out."""
    usage: Usage
    """What the runs used, those that were paid earlier included."""

    @property
    def passed(self) -> int:
        """Queries that trigger as they should."""
        return sum(query.passed for query in self.queries)


def measure_triggers(skill: Skill | str | Path, **options: Unpack[Options]) -> Triggering:
    """:func:`ameasure_triggers`, waited for.

    Raises:
        RuntimeError: an event loop is running already.
    """
    running = ameasure_triggers(skill, **options)
    return wait_for(running, instead="ameasure_triggers")


async def ameasure_triggers(skill: Skill | str | Path, **options: Unpack[Options]) -> Triggering:
    """Show the target the skill's description among its neighbours', and count what it loads.

    Nothing is decided, and no test task is used up: the queries are all run, whatever their split.

    Args:
        skill: a path or a value.
        options: as for :func:`skillopt.atune`. `triggers` names the queries; by default those that
            lie beside the skill. `trials` are runs of each query, 3 by default, and one where the
            target is deterministic.

    Raises:
        InputError: the skill, the queries or the settings cannot be used.
        RunStopped: the provider refuses every call, or most queries have no outcome.
        SpendExhausted: a limit leaves no room.
    """
    return await triggering_of(read_triggers_job(skill, **options))


def read_triggers_job(skill: Skill | str | Path, **options: Unpack[Options]) -> Job:
    """The job whose tasks are the skill's trigger queries alone.

    Raises:
        InputError: the skill, the queries or the settings cannot be used.
    """
    given: Options = {"trials": TRIALS, **options}
    return read_job(skill, only_triggers=True, **given)


async def triggering_of(job: Job) -> Triggering:
    """:func:`ameasure_triggers` for a job that is read."""
    tasks = job.inputs.validation_set.tasks
    async with open_session(job) as session:
        context = session.setup.for_run(EVALUATIONS, first=job.inputs.skill)
        await check_health(context, again=True)
        runs = 1 if context.deterministic else context.settings.trials
        wishes = [(task, trial) for task in tasks for trial in range(runs)]
        rollouts = await roll_out(context, job.inputs.skill, wishes)
    lost = [one for one in rollouts if isinstance(one, Missing)]
    beside = tuple(described(one).name for one in job.inputs.neighbours)
    results = _results(tasks, rollouts, beside)
    if mostly_missing(sum(not one.runs for one in results), of=len(tasks)):
        raise OutcomesMissing(told_missing(lost, have_none="most queries have no outcome"))
    return Triggering(
        skill=job.inputs.name,
        digest=job.inputs.skill.digest,
        recall=_score([one for one in results if one.should_trigger]),
        false_triggers=_score([one for one in results if not one.should_trigger]),
        queries=results,
        neighbours=beside,
        trials=runs,
        missing=len(lost),
        usage=sum((one.usage for one in rollouts), Usage()),
    )


def _results(
    tasks: Sequence[Task], rollouts: Sequence[Rollout], neighbours: Sequence[str]
) -> tuple[QueryResult, ...]:
    runs: dict[str, list[Graded]] = defaultdict(list)
    for rollout in rollouts:
        if isinstance(rollout, Graded):
            runs[rollout.task_id].append(rollout)
    return tuple(_result(task, runs[task.id], neighbours) for task in tasks)


def _result(task: Task, runs: Sequence[Graded], neighbours: Sequence[str]) -> QueryResult:
    check = task.checks[0]
    assert isinstance(check, SkillLoaded)
    right = sum(run.passed for run in runs)
    calls = [call for run in runs if run.trace for call in run.trace.tool_calls]
    return QueryResult(
        query=task.text,
        split=task.split,
        should_trigger=not check.absent,
        loaded=len(runs) - right if check.absent else right,
        runs=len(runs),
        others=loaded_by(calls, neighbours),
    )


def _score(queries: Sequence[QueryResult]) -> Score | None:
    rates = [query.rate for query in queries if query.runs]
    if not rates:
        return None
    mean, low, high = mean_interval(rates, [1.0] * len(rates), [None] * len(rates))
    return Score(mean=mean, low=low, high=high)
