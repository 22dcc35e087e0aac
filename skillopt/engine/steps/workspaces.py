"""A target's workspace lives as long as the answer is looked at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from skillopt.core.evaluation.rollout import Answer
from skillopt.core.evaluation.task import Task
from skillopt.core.skill.skill import Skill
from skillopt.ports import Target, WorksInFolder


@asynccontextmanager
async def answered(
    target: Target, skill: Skill | None, task: Task, *, trial: int
) -> AsyncIterator[Answer]:
    """The target's answer, with its workspace until the block ends.

    Raises:
        CallFailed, TargetError, RunStopped, SpendExhausted: as :class:`skillopt.ports.Target` says.
    """
    answer = await target.answer(skill, task, trial=trial)
    try:
        yield answer
    finally:
        if isinstance(target, WorksInFolder):
            await target.release(answer)
