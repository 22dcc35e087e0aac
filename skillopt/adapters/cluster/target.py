"""A target that lives in the workers of a cluster."""

from __future__ import annotations

from typing import assert_never

from skillopt.adapters.cluster.plan import Done, Failed
from skillopt.adapters.cluster.pool import MOST_LOST, Member, WorkerLost, WorkerPool
from skillopt.adapters.cluster.worker import Local
from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.models.outage import Outage
from skillopt.adapters.targets.failures import counted_error
from skillopt.adapters.user_code import Identified, Identity
from skillopt.core.evaluation.rollout import Answer, Usage
from skillopt.core.evaluation.task import Task
from skillopt.core.skill.skill import Skill
from skillopt.errors import ChargedError, RunStopped, SkilloptError, TargetError


class Held:
    """Which worker has which workspace: a token stands for both."""

    def __init__(self) -> None:
        self._places: dict[str, tuple[Member, str]] = {}
        self._count = 0

    def keep(self, member: Member, workspace: str) -> str:
        """A token for a workspace of a worker."""
        self._count += 1
        member.held += 1
        token = f"{self._count}:{workspace}"
        self._places[token] = (member, workspace)
        return token

    def at(self, token: str) -> tuple[Member, str]:
        """The worker and its workspace."""
        return self._places[token]

    def drop(self, token: str) -> tuple[Member, str]:
        """The same, and the token stands for nothing from here on."""
        member, workspace = self._places.pop(token)
        member.held -= 1
        return member, workspace


class PooledTarget(Identified):
    """A target whose calls are made in workers.

    A call is reserved here before it is sent. A worker that is lost takes its calls with it: they
    count with what was reserved, and are made again elsewhere.

    Args:
        local: the same target in this process; it is never called.
        pool: the workers.
        meter: counts the calls, and holds them under the limits.
        held: the workspaces that answers leave in workers.
    """

    def __init__(
        self, local: Local, *, pool: WorkerPool, meter: SpendMeter, held: Held | None = None
    ) -> None:
        self._local = local
        self._named = local._named  # noqa: SLF001 - both are Identified
        self.identity = local.identity
        self.unidentified = local.unidentified
        self.deterministic = local.deterministic
        self._pool = pool
        self._meter = meter
        self._held = held or Held()
        self._outage = Outage()

    async def answer(self, skill: Skill | None, task: Task, *, trial: int) -> Answer:
        """The target's answer; see :class:`skillopt.ports.Target`.

        Raises:
            CallFailed, TargetError, InputError: as the target itself raises them.
            RunStopped: likewise; or one worker after the other was lost with the call.
            SpendExhausted: a limit leaves no room for the call.
        """
        lost: list[str] = []
        used = Usage()
        while True:
            try:
                answer = await self._answered(skill, task, trial)
            except WorkerLost as error:
                used += self._local.upper
                lost.append(str(error))
                if len(lost) == MOST_LOST:
                    raise RunStopped(
                        _LOST.format(task=task.id, n=len(lost), said=error), used=used
                    ) from None
            except SkilloptError as error:
                raise _charged(error, used) from None
            else:
                return answer.model_copy(update={"usage": used + answer.usage}) if lost else answer

    async def release(self, answer: Answer) -> None:
        """The checks are done with the answer's workspace."""
        if answer.workspace is None:
            return
        member, workspace = self._held.drop(answer.workspace)
        try:
            await member.ask("release", workspace)
        except WorkerLost:
            return

    def _code(self) -> object:
        return self._local._code()  # noqa: SLF001 - both are Identified

    def _derived(self) -> Identity:
        return self._local._derived()  # noqa: SLF001 - both are Identified

    async def _answered(self, skill: Skill | None, task: Task, trial: int) -> Answer:
        async with self._pool.place() as member:
            with await self._meter.reserve(self._local.upper) as reservation:
                done: Done | Failed = await member.ask("answer", skill, task, trial)
                reservation.settle(done.spent)
        match done:
            case Failed():
                raise counted_error(done.error, outage=self._outage)
            case Done():
                self._outage.answer()
                answer: Answer = done.value
                if answer.workspace is None:
                    return answer
                token = self._held.keep(member, answer.workspace)
                return answer.model_copy(update={"workspace": token})
            case _:
                assert_never(done)


def _charged(error: SkilloptError, used: Usage) -> SkilloptError:
    """``error`` with what calls that were lost before it may have used."""
    if used != Usage():
        if isinstance(error, ChargedError):
            error.charge(used)
        elif isinstance(error, TargetError):
            error.used = used + (error.used or Usage(calls=1))
    return error


_LOST = (
    "task {task!r}: {n} workers were lost with its call, one after the other, the last time: "
    "{said}; it may need more memory (ray_memory), or end the process that it runs in. What was "
    "answered before is kept"
)
