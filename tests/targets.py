"""Targets for tests of the gate's surroundings: priced, noisy, unreachable on demand."""

from __future__ import annotations

import random
from collections.abc import Callable

from skillopt.core.evaluation.rollout import Answer, Usage
from skillopt.core.evaluation.task import Task
from skillopt.core.skill.skill import Skill
from skillopt.core.value import content_hash
from tests.scripted import agent

Step = Callable[[str, Task, int], None]
"""Told skill text, task and trial before each answer; may raise."""


class ScriptedTarget:
    """The agent of :mod:`tests.scripted` with a price, a script and noise."""

    def __init__(
        self,
        *,
        before: Step = lambda _skill, _task, _trial: None,
        cost: Callable[[str], float | None] = lambda _skill: 0.001,
        noise: float = 0.0,
        name: str = "scripted",
    ) -> None:
        self.identity = content_hash(["scripted target", name])
        self.deterministic = noise == 0
        self.ran: list[tuple[str, str, int]] = []
        self._before = before
        self._cost = cost
        self._noise = noise

    async def answer(self, skill: Skill | None, task: Task, *, trial: int) -> Answer:
        text = skill.text if skill else ""
        self.ran.append((text, task.id, trial))
        self._before(text, task, trial)
        said = agent(text, task.text)
        draw = random.Random(content_hash([text, task.id, trial]))
        if draw.random() < self._noise:
            said = str(task.expected) if said != task.expected else "nowhere"
        return Answer(text=said, usage=Usage(calls=1, cost=self._cost(text)))
