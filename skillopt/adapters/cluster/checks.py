"""Checks that run in the workers of a cluster, those of a workspace where the workspace is."""

from __future__ import annotations

from typing import assert_never

from skillopt.adapters.checks import OWN
from skillopt.adapters.cluster.plan import Done, Failed
from skillopt.adapters.cluster.pool import MOST_LOST, Member, WorkerLost, WorkerPool
from skillopt.adapters.cluster.target import Held
from skillopt.core.evaluation.checks import CheckResult, Command, File, Python
from skillopt.core.evaluation.produced import NOTHING, Produced
from skillopt.core.evaluation.task import Task
from skillopt.errors import AnswerLost, RunStopped
from skillopt.ports import CheckRunner


class PooledChecks:
    """Runs checks in workers; those of the calling program's own callables stay in the program.

    Args:
        local: runs what stays.
        pool: the workers.
        held: the workspaces that answers have left in them.
    """

    def __init__(self, local: CheckRunner, *, pool: WorkerPool, held: Held) -> None:
        self._local = local
        self._pool = pool
        self._held = held

    async def run(
        self,
        check: Python | Command | File,
        answer: str,
        task: Task,
        *,
        produced: Produced = NOTHING,
    ) -> CheckResult:
        """The check's result; see :class:`skillopt.ports.CheckRunner`.

        Raises:
            CallFailed, InputError: as :class:`skillopt.adapters.checks.ProgramChecks` raises them.
            AnswerLost: the workspace is gone with its worker.
            RunStopped: one worker after the other was lost with the check.
        """
        stays = isinstance(check, Python) and check.call.startswith(OWN)
        if stays or (isinstance(check, File) and produced.workspace is None):
            return await self._local.run(check, answer, task, produced=produced)
        if produced.workspace is not None:
            member, workspace = self._held.at(produced.workspace)
            there = produced._replace(workspace=workspace)
            try:
                return await self._asked(member, check, answer, task, there)
            except WorkerLost as lost:
                raise AnswerLost(f"the workspace of task {task.id!r} is gone: {lost}") from None
        return await self._anywhere(check, answer, task, produced)

    async def _anywhere(
        self, check: Python | Command | File, answer: str, task: Task, produced: Produced
    ) -> CheckResult:
        """The result from any worker, also where some are lost on the way."""
        said = ""
        for _ in range(MOST_LOST):
            try:
                return await self._asked(None, check, answer, task, produced)
            except WorkerLost as lost:
                said = str(lost)
        raise RunStopped(
            f"{MOST_LOST} workers were lost with a check of task {task.id!r}, one after the other, "
            f"the last time: {said}; a check that ends its process can run in one of its own "
            "(`isolated: true`). What was answered before is kept"
        )

    async def _asked(
        self,
        wanted: Member | None,
        check: Python | Command | File,
        answer: str,
        task: Task,
        produced: Produced,
    ) -> CheckResult:
        async with self._pool.place(wanted) as member:
            done: Done | Failed = await member.ask("check", check, answer, task, produced)
        match done:
            case Failed():
                raise done.error
            case Done():
                result: CheckResult = done.value
                return result
            case _:
                assert_never(done)
