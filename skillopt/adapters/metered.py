"""Targets and models that a program brings along, counted as every other one is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pydantic import BaseModel

from skillopt.adapters.meter import Reservation, SpendMeter
from skillopt.core.evaluation.rollout import Answer, Reply, Usage
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.skill.skill import Skill
from skillopt.errors import ChargedError, TargetError
from skillopt.ports import Model, Target, WorksInFolder


class MeteredTarget:
    """A target that knows nothing of the run's meter.

    Each answer reserves one call, whatever the target does for it, and is settled with what the
    answer says was used: a target that asks its model several times may pass a limit by the rest.

    Args:
        own: the target.
        meter: counts its answers.
    """

    def __init__(self, own: Target, *, meter: SpendMeter) -> None:
        self._own = own
        self._meter = meter

    @property
    def identity(self) -> str:
        """That of the target."""
        return self._own.identity

    @property
    def deterministic(self) -> bool:
        """That of the target."""
        return self._own.deterministic

    async def answer(self, skill: Skill | None, task: Task, *, trial: int) -> Answer:
        """The target's answer; see :class:`skillopt.ports.Target`."""
        with await self._meter.reserve(Usage(calls=1)) as reservation, _charging(reservation):
            answer = await self._own.answer(skill, task, trial=trial)
            reservation.settle(answer.usage)
            return answer

    async def release(self, answer: Answer) -> None:
        """The checks are done with the answer's workspace, where the target keeps one."""
        if isinstance(self._own, WorksInFolder):
            await self._own.release(answer)


class MeteredModel:
    """A model that knows nothing of the run's meter, counted as :class:`MeteredTarget` is."""

    def __init__(self, own: Model, *, meter: SpendMeter) -> None:
        self._own = own
        self._meter = meter

    @property
    def identity(self) -> str:
        """That of the model."""
        return self._own.identity

    async def reply(self, messages: Sequence[Message], *, shape: type[BaseModel]) -> Reply:
        """The model's reply; see :class:`skillopt.ports.Model`."""
        with await self._meter.reserve(Usage(calls=1)) as reservation, _charging(reservation):
            reply = await self._own.reply(messages, shape=shape)
            reservation.settle(reply.usage)
            return reply


@contextmanager
def _charging(reservation: Reservation) -> Iterator[None]:
    """An error that says what was used before it settles the reservation with that."""
    try:
        yield
    except (ChargedError, TargetError) as error:
        if error.used is not None:
            reservation.settle(error.used)
        raise
