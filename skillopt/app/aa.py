"""The A/A test on a user's own target and tasks: what does the gate make of two equal skills?"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from skillopt.adapters.checks import OwnCheck
from skillopt.adapters.models import OwnModel
from skillopt.adapters.targets import OwnTarget
from skillopt.app.inputs import read_inputs
from skillopt.app.records import noise_fingerprint, run_record, seats_without_optimizer
from skillopt.app.wiring import opened_ledger, wired
from skillopt.core.evaluation.rollout import Graded, Rollout, Usage
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.events import Event
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
from skillopt.ports import Ledger, Target

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


async def aaa(  # noqa: PLR0913 - keyword-only, each with a default
    skill: Skill | str | Path,
    *,
    runs: int = RUNS,
    contests: int = CONTESTS,
    validation_set: ValidationSet | str | Path | None = None,
    target: OwnTarget | Target | str | None = None,
    judge: OwnModel | str | None = None,
    checks: Mapping[str, OwnCheck] | None = None,
    ledger: Ledger | str | Path | None = None,
    on_event: Callable[[Event], None] | None = None,
    **settings: Any,
) -> AATest:
    """Put a skill against itself, with the target's own noise; the arguments are `atune`'s.

    Each validation task is run ``runs`` times with the skill, under trial numbers of its own. The
    runs are then dealt out to two equal skills ``contests`` times, and each deal goes through the
    gate, which costs no rollouts. A target whose answers never differ is found out after three
    runs a task, and after two where it is declared deterministic.

    Args:
        skill: a path or a value.
        runs: of each validation task; at least 2.
        contests: how often the runs are dealt out.
        validation_set: as in :func:`skillopt.atune`, like all that follow.
        target: the agent.
        judge: grades rubric checks.
        checks: the caller's own.
        ledger: keeps the rollouts; the same test again pays nothing.
        on_event: called with each event as it happens.
        settings: any other field of :class:`skillopt.core.settings.Settings`.

    Raises:
        InputError: something in the skill, the tasks or the settings.
        RunStopped: the provider refuses every call.
        SpendExhausted: a limit leaves no room.
        OutcomesMissing: no task has two outcomes.
    """
    if runs < 2 or contests < 1:  # noqa: PLR2004 - a single run shows no noise
        raise SettingsError(f"runs is {runs}, contests {contests}; it takes 2 runs and 1 contest")
    named, own = seats_without_optimizer(target, judge, checks)
    inputs = read_inputs(skill, validation_set, {**named, **settings})
    async with (
        opened_ledger(ledger or inputs.settings.ledger, inputs.project) as store,
        wired(inputs, own=own, ledger=store, emit=on_event or _ignore) as parts,
    ):
        fingerprint = noise_fingerprint(parts.context)
        record = run_record(inputs, parts, kind="aa", fingerprint=fingerprint)
        context = replace(parts.context, run=record.id)
        await store.start_run(record, inputs.skill)
        made = await _runs(context, runs)
        usage = await store.usage(record.id)
        noise = run_noise(_scores(made.rollouts))
        ended = {"finished": time.time(), "stopped_by": "measured", "usage": usage, "noise": noise}
        await store.finish_run(record.model_copy(update={"last": record.first, **ended}))
    return _measured(context, made, contests, usage)


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
    if not whole:
        raise OutcomesMissing(
            "no validation task has two outcomes, so that nothing can be said of the noise; run "
            "the same command again when the provider answers: what was paid is kept"
        )
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


def _ignore(_event: Event) -> None:
    """Nobody listens."""
