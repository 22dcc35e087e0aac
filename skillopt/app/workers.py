"""Target and checks in the workers of a Ray cluster, where the settings ask for that."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import NamedTuple

from skillopt.adapters.checks import OWN
from skillopt.adapters.cluster.checks import PooledChecks
from skillopt.adapters.cluster.plan import CheckPlan, Facts, Plan, installed_version, packed
from skillopt.adapters.cluster.pool import WorkerPool
from skillopt.adapters.cluster.ray_cluster import Cluster, Need
from skillopt.adapters.cluster.target import Held, PooledTarget
from skillopt.adapters.cluster.worker import check_digests
from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.processes import Fence
from skillopt.adapters.targets import AgentTarget, CallableTarget, ChatTarget, CommandTarget
from skillopt.app.job import Job
from skillopt.core.evaluation.checks import Command, Python
from skillopt.core.settings import Settings
from skillopt.errors import SettingsError
from skillopt.ports import CheckRunner, Target

Recipe = Callable[..., AgentTarget | CallableTarget | CommandTarget]
"""Builds a target with a meter, here or in another process."""


class Placed(NamedTuple):
    """Target and checks where they run."""

    target: Target
    checks: CheckRunner
    concurrency: int
    """Rollouts in flight at once."""


def on_workers(
    job: Job,
    here: Placed,
    recipe: Recipe | None,
    *,
    fence: Fence,
    meter: SpendMeter,
    stack: AsyncExitStack,
) -> Placed:
    """Target and checks in workers, or as they are where no setting asks for workers.

    Args:
        job: what the command was given.
        here: target and checks in this process.
        recipe: builds the target in another one; None where it stays here.
        fence: what commands are given of a machine.
        meter: holds the calls under the limits.
        stack: its end closes the workers.

    Raises:
        SettingsError: there is no cluster, it has no room for a worker, or nothing would run there.
    """
    settings = job.inputs.settings
    if settings.workers is None:
        return here
    calls = _calls(job)
    _check_used(job, here.target, moves=recipe is not None, has_checks=calls is not None)
    checks = CheckPlan(
        folder=str(Path(job.inputs.validation_set.folder or ".").absolute()),
        fence=fence,
        isolates=settings.isolates,
    )
    plan = Plan(
        folder=str(Path.cwd()),
        paths=tuple(path for path in sys.path if path),
        env={name: os.environ[name] for name in settings.pass_env if name in os.environ},
        checks=checks,
        calls=calls or (),
        target=None if recipe is None else packed(recipe),
    )
    held = Held()
    facts = Facts(
        skillopt=installed_version(),
        target=_fact(here.target) if recipe is not None else None,
        checks=check_digests(plan.calls, checks.folder),
    )
    pool, capacity = _pool(settings, plan, facts, stack)
    moved = here.target
    if isinstance(moved, AgentTarget | CallableTarget | CommandTarget):
        moved = PooledTarget(moved, pool=pool, meter=meter, held=held)
    return Placed(
        target=moved,
        checks=PooledChecks(here.checks, pool=pool, held=held),
        concurrency=min(here.concurrency, capacity) if recipe else here.concurrency,
    )


def _pool(
    settings: Settings, plan: Plan, facts: Facts, stack: AsyncExitStack
) -> tuple[WorkerPool, int]:
    """The workers, and how many calls they can have at once as the cluster is now."""
    cluster = Cluster(settings.workers or "")
    stack.callback(cluster.close)
    need = Need(cpus=settings.ray_cpus, memory=settings.ray_memory)
    most = -(-settings.concurrency // settings.ray_calls)
    workers = cluster.room_now(need, most=most)
    if workers == 0:
        memory = f" and {need.memory} MB of memory" if need.memory else ""
        raise SettingsError(
            f"no node of the Ray cluster has {need.cpus:g} CPUs{memory}, which a worker needs; "
            "lower ray_cpus or ray_memory, or add such a node"
        )
    start = partial(cluster.start, plan, here=facts, need=need, calls=settings.ray_calls)
    room = partial(cluster.room, need, most=most)
    pool = WorkerPool(start, room=room, most=most, calls=settings.ray_calls)
    stack.push_async_callback(pool.close)
    return pool, workers * settings.ray_calls


def _calls(job: Job) -> tuple[str, ...] | None:
    """The callables of modules that checks call; None where no check is one for workers."""
    checks = [check for task in job.inputs.validation_set.tasks for check in task.checks]
    called = {check.call for check in checks if isinstance(check, Python)}
    calls = tuple(sorted(call for call in called if not call.startswith(OWN)))
    return calls if calls or any(isinstance(check, Command) for check in checks) else None


def _fact(target: Target) -> str | None:
    """What a worker's target must not differ from; None where that is not known."""
    if isinstance(target, AgentTarget | CallableTarget | CommandTarget):
        return None if target.unidentified else target.digest_now
    return None


def _check_used(job: Job, target: Target, *, moves: bool, has_checks: bool) -> None:
    if moves:
        return
    if not isinstance(target, ChatTarget):
        raise SettingsError(
            f"workers = {job.inputs.settings.workers!r} runs commands, agents and functions of "
            f"modules, and the target is an object of this program ({type(target).__name__}); "
            "leave `workers` out"
        )
    if not has_checks:
        raise SettingsError(
            f"workers = {job.inputs.settings.workers!r} has nothing to run: the target is a model, "
            "which is called from here whatever the workers, and no task has a `command` or "
            "`python` check; leave `workers` out, and raise `concurrency` instead"
        )
