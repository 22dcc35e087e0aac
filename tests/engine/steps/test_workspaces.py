"""A workspace is released once, however the block ends."""

from __future__ import annotations

import asyncio

import pytest

from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.rollout import Answer
from skillopt.core.evaluation.task import Task
from skillopt.core.skill.skill import Skill
from skillopt.engine.steps.workspaces import answered
from tests.targets import ScriptedTarget

TASK = Task(id="t", split="train", input="x", checks=(Exact(type="exact", value="x"),))


class InFolder(ScriptedTarget):
    """It leaves a workspace."""

    def __init__(self) -> None:
        super().__init__()
        self.released: list[str | None] = []

    async def answer(self, skill: Skill | None, task: Task, *, trial: int) -> Answer:
        return Answer(text="x", workspace="/w")

    async def release(self, answer: Answer) -> None:
        self.released.append(answer.workspace)


async def test_it_is_released_after_the_block() -> None:
    target = InFolder()
    async with answered(target, None, TASK, trial=0) as answer:
        assert answer.produced.workspace == "/w"
        assert target.released == []
    assert target.released == ["/w"]


@pytest.mark.parametrize("error", [ValueError, asyncio.CancelledError])
async def test_it_is_released_after_an_error(error: type[BaseException]) -> None:
    target = InFolder()
    with pytest.raises(error):
        async with answered(target, None, TASK, trial=0):
            raise error
    assert target.released == ["/w"]


async def test_other_targets_have_none() -> None:
    async with answered(ScriptedTarget(), None, TASK, trial=0) as answer:
        assert answer.workspace is None
