"""A chat model that follows the skill."""

from __future__ import annotations

import hashlib

from skillopt.adapters.models import LiteLLMModel
from skillopt.adapters.targets.prompts import conversation, preamble
from skillopt.core.evaluation.rollout import Answer
from skillopt.core.evaluation.task import Task
from skillopt.core.skill.skill import Skill
from skillopt.core.value import content_hash


class ChatTarget:
    """A model with the skill above the task, in a fresh context each time.

    Args:
        model: the model.
        seed: the run's; with the trial it makes the seed that providers with one are sent.
        deterministic: it answers alike every time; by default practice models without noise do.
    """

    def __init__(
        self, model: LiteLLMModel, *, seed: int = 0, deterministic: bool | None = None
    ) -> None:
        self._model = model
        self._seed = seed
        self._deterministic = model.deterministic if deterministic is None else deterministic

    @property
    def identity(self) -> str:
        """Digest of model, parameters, preamble, and the seed where chance plays a part.

        What the endpoint is known to refuse is part of it: the answers are made without.
        """
        seed = None if self._deterministic else self._seed
        parts = ["chat", self._model.identity, preamble(), seed]
        return content_hash([*parts, self._model.refused] if self._model.refused else parts)

    @property
    def deterministic(self) -> bool:
        """It answers alike every time."""
        return self._deterministic

    async def answer(self, skill: Skill | None, task: Task, *, trial: int) -> Answer:
        """The model's answer; see :class:`skillopt.ports.Target`. It never raises TargetError."""
        seed = trial_seed(self._seed, trial)
        reply = await self._model.complete(conversation(skill, task), seed=seed)
        return Answer(text=reply.text, usage=reply.usage)


def trial_seed(seed: int, trial: int) -> int:
    """The seed of a trial: the same for the same pair, in [0, 2**31)."""
    mark = hashlib.sha256(f"{seed} {trial}".encode()).digest()
    return int.from_bytes(mark[:4], "big") >> 1
