"""The A/A test on a user's own target and tasks: how often is an identical skill accepted?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Unpack

from skillopt.app.job import Job, read_job
from skillopt.app.options import Options
from skillopt.app.records import noise_fingerprint
from skillopt.app.session import open_session
from skillopt.app.sync import wait_for
from skillopt.core.evaluation.outcomes import mostly_missing, told_missing
from skillopt.core.evaluation.rollout import Graded, Missing, Rollout, Usage
from skillopt.core.gate import GateTask
from skillopt.core.gate.aa import (
    FEWEST_RUNS,
    FalseAccepts,
    Steadiness,
    false_accepts,
    noise_of,
    run_noise,
)
from skillopt.core.gate.contest import ENOUGH_REPEATS
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value
from skillopt.engine.context import RunContext
from skillopt.engine.steps.roll_out import roll_out
from skillopt.errors import OutcomesMissing, SettingsError

TRIALS_FROM = 1_000_000
"""Trial numbers of an A/A test: far from those of any run, so that its rollouts are its own."""
RUNS, CONTESTS = 6, 500


class AATest(Value):
    """What :func:`aaa` measured."""

    run: str
    """The run's id in the ledger."""
    skill: str
    digest: str
    gate: str
    alpha: float
    tasks: int
    """Validation tasks with at least two runs."""
    runs: int
    """Runs of each task, at most; a target that never differs gets fewer."""
    missing: int
    """Rollouts without an outcome."""
    same_answers: bool
    """Every task got the same answer every time."""
    declared: bool
    """The target is declared deterministic."""
    steady: bool
    """So many runs were alike that tuning runs on these tasks take it to be deterministic."""
    false_accepts: FalseAccepts | None
    """None for a target that never differs: equal skills are never accepted there."""
    noise: Steadiness
    usage: Usage
    """What this call paid."""


class _Runs(NamedTuple):
    rollouts: tuple[Rollout, ...]
    per_task: int
    same: bool


def aa(
    skill: Skill | str | Path,
    *,
    runs: int = RUNS,
    contests: int = CONTESTS,
    **options: Unpack[Options],
) -> AATest:
    """:func:`aaa`, waited for.

    Raises:
        RuntimeError: an event loop is running already.
    """
    return wait_for(aaa(skill, runs=runs, contests=contests, **options), instead="aaa")


async def aaa(
    skill: Skill | str | Path,
    *,
    runs: int = RUNS,
    contests: int = CONTESTS,
    **options: Unpack[Options],
) -> AATest:
    """Test a skill against itself, to measure the target's noise and the gate's false accepts.

    Each validation task is run ``runs`` times with the skill, under trial numbers of its own. The
    runs are then dealt to two identical skills ``contests`` times, and each deal goes through the
    gate, which costs no rollouts. A target whose answers never differ is detected after three runs
    of each task, and after two where it is declared deterministic.

    Args:
        skill: a path or a value.
        runs: of each validation task; at least 2.
        contests: how often the runs are dealt.
        options: as for :func:`skillopt.atune`.

    Raises:
        InputError: the skill, the tasks or the settings cannot be used.
        RunStopped: the provider refuses every call.
        SpendExhausted: a limit leaves no room.
        OutcomesMissing: most rollouts have no outcome, or no task has two.
    """
    return await measure_noise(read_job(skill, **options), runs=runs, contests=contests)


async def measure_noise(job: Job, *, runs: int = RUNS, contests: int = CONTESTS) -> AATest:
    """:func:`aaa` for a job that is read."""
    if runs < 2 or contests < 1:  # noqa: PLR2004 - a single run shows no noise
        raise SettingsError(f"runs is {runs}, contests {contests}; it takes 2 runs and 1 contest")
    job.inputs.validation_set.check_filled("validation")
    job.inputs.settings.check_gains()
    async with open_session(job) as session:
        fingerprint = noise_fingerprint(session.setup)
        record, context = await session.start_run("aa", fingerprint=fingerprint)
        made = await _runs(context, runs)
        noise = run_noise(_scores(made.rollouts))
        ended = await session.end_run(record, stopped_by="measured", last=record.first, noise=noise)
    return _measured(context, made, contests, ended.usage)


async def _runs(context: RunContext, most: int) -> _Runs:
    """Run after run of every validation task, until the answers are known never to differ."""
    tasks = context.validation_set.split("validation")
    repeats = math.ceil(ENOUGH_REPEATS / len(tasks))
    enough = 2 if context.deterministic else max(FEWEST_RUNS, repeats + 1)
    rollouts: list[Rollout] = []
    for trial in range(most):
        wishes = [(task, TRIALS_FROM + trial) for task in tasks]
        rollouts += await roll_out(context, context.first, wishes)
        if trial + 1 >= enough and _never_differ(rollouts):
            return _Runs(tuple(rollouts), trial + 1, same=True)
    return _Runs(tuple(rollouts), most, same=_never_differ(rollouts))


def _never_differ(rollouts: Sequence[Rollout]) -> bool:
    answers: dict[str, tuple[str, float]] = {}
    graded = [rollout for rollout in rollouts if isinstance(rollout, Graded)]
    return all(
        answers.setdefault(one.task_id, (one.answer, one.score)) == (one.answer, one.score)
        for one in graded
    )


def _scores(rollouts: Sequence[Rollout]) -> dict[str, list[float]]:
    pool: dict[str, list[float]] = {}
    for rollout in rollouts:
        if isinstance(rollout, Graded):
            pool.setdefault(rollout.task_id, []).append(rollout.score)
    return pool


def _measured(context: RunContext, made: _Runs, contests: int, usage: Usage) -> AATest:
    pool = _scores(made.rollouts)
    whole = {task: scores for task, scores in pool.items() if len(scores) > 1}
    lost = [rollout for rollout in made.rollouts if isinstance(rollout, Missing)]
    if lost and (not whole or mostly_missing(len(lost), of=len(made.rollouts))):
        none = f"{len(lost)} of {len(made.rollouts)} rollouts have no outcome"
        if not whole:
            none += ", and no validation task has two outcomes"
        raise OutcomesMissing(told_missing(lost, have_none=none))
    tasks = [
        GateTask(id=task.id, cluster=task.cluster, weight=task.weight, protected=task.protected)
        for task in context.validation_set.split("validation")
        if task.id in whole
    ]
    settings = context.settings
    same = made.same or not any(len(set(scores)) > 1 for scores in whole.values())
    found = None
    if not same:
        found = false_accepts(
            whole, tasks=tasks, policy=settings.gate, contests=contests, seed=settings.seed
        )
    return AATest(
        run=context.run,
        skill=context.skill_name,
        digest=context.first.digest,
        gate=settings.gate.kind,
        alpha=settings.gate.alpha,
        tasks=len(whole),
        runs=made.per_task,
        missing=sum(not isinstance(rollout, Graded) for rollout in made.rollouts),
        same_answers=made.same,
        declared=context.deterministic,
        steady=run_noise(whole).absent,
        false_accepts=found,
        noise=noise_of(whole, protected=frozenset(one.id for one in tasks if one.protected)),
        usage=usage,
    )
