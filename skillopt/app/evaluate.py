"""Measure a skill: its score, and its lift over another version or over no skill at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from skillopt.adapters.checks import OwnCheck
from skillopt.adapters.files.skill_file import read_skill
from skillopt.adapters.models import OwnModel
from skillopt.adapters.targets import OwnTarget
from skillopt.app.inputs import Inputs, read_inputs
from skillopt.app.records import run_record, seats_without_optimizer
from skillopt.app.wiring import Wired, opened_ledger, wired
from skillopt.core.evaluation.rollout import Graded, Rollout, Usage
from skillopt.core.evaluation.task import Split, Task
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.events import Event
from skillopt.core.gate import GateTask, mean_interval, sealed_test
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.history.sealed_openings import opened_by
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value
from skillopt.engine.steps.roll_out import roll_out
from skillopt.errors import OutcomesMissing
from skillopt.ports import Ledger, Target

EVALUATIONS = "evaluations"
"""The run that rollouts of evaluations belong to."""


class Score(Value):
    """A mean score with its 95 % interval."""

    mean: float
    low: float
    high: float


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
    against: str | None = None
    """`none`, or the other version's path."""
    other: Score | None = None
    lift: SealedTest | None = None
    """Paired comparison, the other version first and this one last."""
    self_judged: bool = False
    """The judge is the target itself."""
    warnings: tuple[str, ...] = ()
    """What a person should know: that the sealed test is spent."""
    usage: Usage
    """What the rollouts used, those that were paid earlier included."""


async def aevaluate(  # noqa: PLR0913 - keyword-only, each with a default
    skill: Skill | str | Path,
    *,
    against: Skill | str | Path | None = None,
    split: Split = "validation",
    validation_set: ValidationSet | str | Path | None = None,
    target: OwnTarget | Target | str | None = None,
    judge: OwnModel | str | None = None,
    checks: Mapping[str, OwnCheck] | None = None,
    ledger: Ledger | str | Path | None = None,
    on_event: Callable[[Event], None] | None = None,
    **settings: Any,
) -> Evaluation:
    """Run a skill on the tasks of one split and score it.

    Args:
        skill: a path or a value.
        against: another version, or `none` for the target without any skill.
        split: `validation` by default. The test split is sealed: whoever evaluates on it spends it.
        validation_set: path or value; by default the one named after the skill.
        target: as in :func:`skillopt.atune`.
        judge: as in :func:`skillopt.atune`.
        checks: as in :func:`skillopt.atune`.
        ledger: as in :func:`skillopt.atune`; rollouts it has are not paid again.
        on_event: called with each event as it happens.
        settings: any other field of :class:`skillopt.core.settings.Settings`.

    Raises:
        InputError: something in the skill, the tasks or the settings.
        RunStopped: the provider refuses every call, or every call failed.
        SpendExhausted: a limit leaves no room.
    """
    named, own = seats_without_optimizer(target, judge, checks)
    inputs = read_inputs(skill, validation_set, {**named, **settings})
    other = _other(against)
    async with (
        opened_ledger(ledger or inputs.settings.ledger, inputs.project) as store,
        wired(inputs, own=own, ledger=store, emit=on_event or _ignore) as parts,
    ):
        tasks = inputs.validation_set.split(split)
        run, warnings = await _opened(inputs, parts) if split == "test" else (EVALUATIONS, ())
        context = replace(parts.context, run=run)
        wishes = [(task, trial) for task in tasks for trial in range(context.settings.trials)]
        mine = await roll_out(context, inputs.skill, wishes)
        theirs = await roll_out(context, other, wishes) if against is not None else ()
    return Evaluation(
        skill=inputs.name,
        digest=inputs.skill.digest,
        split=split,
        tasks=len(tasks),
        missing=sum(not runs for runs in _by_task(mine, tasks).values()),
        score=_score(mine, tasks),
        criteria=_criteria(mine),
        against=None if against is None else str(against) if not isinstance(against, Skill) else "",
        other=_score(theirs, tasks) if against is not None else None,
        lift=_lift(theirs, mine, tasks, context.settings.seed) if against is not None else None,
        self_judged=parts.self_judged,
        warnings=warnings,
        usage=sum((rollout.usage for rollout in (*mine, *theirs)), Usage()),
    )


async def _opened(inputs: Inputs, parts: Wired) -> tuple[str, tuple[str, ...]]:
    """Enter in the ledger that the sealed test is opened, before the first rollout."""
    context = parts.context
    opened = opened_by(inputs.validation_set.split("test"))
    record = run_record(inputs, parts, kind="eval", last=inputs.skill.digest, opened=opened)
    await context.ledger.start_run(record, inputs.skill)
    ended = {"finished": record.started, "stopped_by": "evaluated"}
    await context.ledger.finish_run(record.model_copy(update=ended))
    warning = (
        "the test tasks are opened by this, and the ledger has it on record: a later tuning run of "
        f"{inputs.name!r} does not certify on them; give it new test tasks, or --reopen-sealed"
    )
    return record.id, (warning,)


def _other(against: Skill | str | Path | None) -> Skill | None:
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
    if not scored:
        reason = next((one.reason for one in rollouts if not isinstance(one, Graded)), "no tasks")
        raise OutcomesMissing(
            f"no task has an outcome: {reason}; "
            "run the same command again when the provider answers"
        )
    means = [sum(runs[task.id]) / len(runs[task.id]) for task in scored]
    mean, low, high = mean_interval(means, [task.weight for task in scored])
    return Score(mean=mean, low=low, high=high)


def _lift(
    theirs: Sequence[Rollout], mine: Sequence[Rollout], tasks: Sequence[Task], seed: int
) -> SealedTest:
    return sealed_test(
        _by_task(theirs, tasks),
        _by_task(mine, tasks),
        tasks=tuple(
            GateTask(id=task.id, cluster=task.cluster, weight=task.weight) for task in tasks
        ),
        seed=seed,
    )


def _criteria(rollouts: Sequence[Rollout]) -> dict[str, float]:
    found: dict[str, list[float]] = defaultdict(list)
    for rollout in rollouts:
        if isinstance(rollout, Graded):
            for result in rollout.results:
                found[result.criterion].append(result.score)
    return {name: sum(scores) / len(scores) for name, scores in sorted(found.items())}


def _ignore(_event: Event) -> None:
    """Nobody listens."""
