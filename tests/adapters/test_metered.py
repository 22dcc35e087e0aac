"""A program's own targets and models under the run's limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.metered import MeteredModel, MeteredTarget
from skillopt.core.evaluation.rollout import Answer, Reply, Usage
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.loop_settings import SpendLimits
from skillopt.core.skill.skill import Skill
from skillopt.errors import CallFailed, SpendExhausted
from tests.adapters.models.opening import HELLO, Shape
from tests.scripted import SKILL, tasks

TASK = tasks().tasks[0]
USED = Usage(calls=3, prompt_tokens=7)


class Desk:
    """Answers, or raises, as it is told."""

    identity = "desk"
    deterministic = True

    def __init__(self, outcome: Usage | Exception) -> None:
        self.outcome = outcome
        self.released: list[Answer] = []

    def used(self) -> Usage:
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    async def answer(self, skill: Skill | None, task: Task, *, trial: int) -> Answer:
        return Answer(text=task.text, usage=self.used())

    async def reply(self, messages: Sequence[Message], *, shape: Any) -> Reply:
        return Reply(text=messages[0].content, usage=self.used())

    async def release(self, answer: Answer) -> None:
        self.released.append(answer)


async def call(kind: str, desk: Desk, meter: SpendMeter) -> None:
    if kind == "target":
        target = MeteredTarget(desk, meter=meter)
        assert (await target.answer(SKILL, TASK, trial=0)).text == TASK.text
    else:
        assert (await MeteredModel(desk, meter=meter).reply(HELLO, shape=Shape)).text


@pytest.mark.parametrize("kind", ["target", "model"])
@pytest.mark.parametrize(
    ("outcome", "counted"),
    [
        (USED, USED),
        (CallFailed("gone", used=USED), USED),
        (CallFailed("gone"), Usage(calls=1)),
        (ValueError("a bug"), Usage(calls=1)),
    ],
)
async def test_what_is_said_to_be_used_is_counted(
    kind: str, outcome: Usage | Exception, counted: Usage
) -> None:
    meter = SpendMeter(SpendLimits())
    if isinstance(outcome, Exception):
        with pytest.raises(type(outcome)):
            await call(kind, Desk(outcome), meter)
    else:
        await call(kind, Desk(outcome), meter)
    assert meter.used == counted


@pytest.mark.parametrize("kind", ["target", "model"])
async def test_a_limit_holds(kind: str) -> None:
    meter = SpendMeter(SpendLimits(max_calls=2))
    for _ in range(2):
        await call(kind, Desk(Usage(calls=1)), meter)
    with pytest.raises(SpendExhausted):
        await call(kind, Desk(Usage(calls=1)), meter)
    assert meter.used == Usage(calls=2)


async def test_a_workspace_is_released() -> None:
    desk = Desk(USED)
    target = MeteredTarget(desk, meter=SpendMeter(SpendLimits()))
    answer = await target.answer(None, TASK, trial=0)
    await target.release(answer)
    assert desk.released == [answer]
    assert (target.identity, target.deterministic) == ("desk", True)
