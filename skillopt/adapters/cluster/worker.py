"""What lives in a worker's process: target and checks, built once, called many times."""

from __future__ import annotations

import os
import pickle
import platform
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from skillopt.adapters.callables import source_digest
from skillopt.adapters.checks import ProgramChecks
from skillopt.adapters.cluster.plan import CheckPlan, Done, Facts, Failed, Plan, installed_version
from skillopt.adapters.meter import Reservation, SpendMeter
from skillopt.adapters.models.outage import NeverDown
from skillopt.adapters.processes import check_sandbox
from skillopt.adapters.targets import AgentTarget, CallableTarget, CommandTarget
from skillopt.core.evaluation.checks import Command, File, Python
from skillopt.core.evaluation.produced import Produced
from skillopt.core.evaluation.rollout import Answer, Usage
from skillopt.core.evaluation.task import Task
from skillopt.core.loop_settings import SpendLimits
from skillopt.core.skill.skill import Skill
from skillopt.errors import SettingsError, SkilloptError
from skillopt.ports import WorksInFolder

Local = AgentTarget | CallableTarget | CommandTarget
"""A target that another process can build."""

_OF_CALL: ContextVar[SpendMeter] = ContextVar("skillopt_meter_of_call")


class PerCallMeter(SpendMeter):
    """Counts each call by itself: limits are held by the program that sends the calls."""

    def __init__(self) -> None:
        super().__init__(SpendLimits())

    async def reserve(self, upper: Usage) -> Reservation:
        """Room in the call's own count, which has no limits."""
        return await _OF_CALL.get().reserve(upper)


class Worker:
    """Target and checks in a process of their own; :meth:`start` is called first, once."""

    def __init__(self) -> None:
        self._target: Local | None = None
        self._checks: ProgramChecks | None = None
        self._held: dict[str, Answer] = {}

    async def start(self, plan: Plan) -> Done | Failed:
        """Build what the plan says; the result is what the worker is, as :class:`Facts`."""
        try:
            return Done(self._built(plan))
        except SkilloptError as error:
            return Failed(error)

    async def answer(self, skill: Skill | None, task: Task, trial: int) -> Done | Failed:
        """The target's answer; its workspace stays until :meth:`release`."""
        target = self._target
        assert target is not None, "the plan has a target"
        done = await _counted(lambda: target.answer(skill, task, trial=trial))
        if isinstance(done, Done) and done.value.workspace is not None:
            self._held[done.value.workspace] = done.value
        return done

    async def check(
        self, check: Python | Command | File, answer: str, task: Task, produced: Produced
    ) -> Done | Failed:
        """A check's result."""
        checks = self._checks
        assert checks is not None, "start is called first"
        return await _counted(lambda: checks.run(check, answer, task, produced=produced))

    async def release(self, workspace: str) -> None:
        """The checks are done with a workspace."""
        answer = self._held.pop(workspace, None)
        if answer is not None and isinstance(self._target, WorksInFolder):
            await self._target.release(answer)

    async def close(self) -> None:
        """End what was started, and delete the workspaces that are left."""
        for workspace in list(self._held):
            with suppress(OSError):
                await self.release(workspace)
        if self._checks is not None:
            await self._checks.close()

    def _built(self, plan: Plan) -> Facts:
        try:
            os.chdir(plan.folder)
        except OSError as error:
            raise SettingsError(
                f"node {platform.node()} has no folder {plan.folder!r}: {error.strerror}; the "
                "project must have the same path on every node, on a shared file system or in the "
                "nodes' image"
            ) from None
        os.environ.update(plan.env)
        sys.path.extend(path for path in plan.paths if path not in sys.path)
        if plan.checks.fence.sandbox:
            check_sandbox()
        self._checks = _checks(plan.checks)
        self._target = None if plan.target is None else _target(plan.target)
        known = self._target is not None and self._target.unidentified is None
        return Facts(
            skillopt=installed_version(),
            target=self._target.digest_now if self._target is not None and known else None,
            checks=check_digests(plan.calls, plan.checks.folder),
        )


def check_digests(calls: tuple[str, ...], folder: str) -> dict[str, str]:
    """The digest of each callable's module."""
    return {call: source_digest(call, Path(folder)) for call in calls}


def _checks(plan: CheckPlan) -> ProgramChecks:
    return ProgramChecks(folder=plan.folder, fence=plan.fence, isolates=plan.isolates)


def _target(content: bytes) -> Local:
    try:
        recipe = pickle.loads(content)  # noqa: S301 - of the program that has started this worker
        target: Local = recipe(meter=PerCallMeter())
    except (ImportError, AttributeError) as error:
        raise SettingsError(
            f"node {platform.node()} cannot import the target: {error}; install it there, or put "
            "it into the project's folder"
        ) from None
    target.outage = NeverDown()
    return target


async def _counted(call: Callable[[], Awaitable[Any]]) -> Done | Failed:
    """What a call returned or ended with, and what it has spent."""
    meter = SpendMeter(SpendLimits())
    _OF_CALL.set(meter)
    try:
        value = await call()
    except SkilloptError as error:
        return Failed(error, meter.used)
    return Done(value, meter.used)
