"""Models that are opened for a test, and what they are asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Literal

from pydantic import BaseModel

from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.models import Callers, LiteLLMModel, ModelSettings
from skillopt.core.evaluation.task import Message
from skillopt.core.events import ModelCalled, ParameterChanged, WaitStarted
from tests.loopback import Loopback

HELLO = (Message(role="user", content="Say hello."),)
PRICED = {"input_cost_per_token": 0.001, "output_cost_per_token": 0.01}


class Shape(BaseModel):
    answer: str
    kind: Literal["a", "b"] = "a"


class Waits(list[float]):
    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


class Opened:
    """Builds models.

    Args:
        callers: make their requests.
    """

    def __init__(self, callers: Callers) -> None:
        self.callers = callers
        self.models: list[LiteLLMModel] = []
        self.waits = Waits()
        self.told: list[Any] = []
        """What was said of waits and of parameters."""
        self.calls: list[ModelCalled] = []

    def __call__(
        self, loopback: Loopback, *, meter: SpendMeter | None = None, **settings: Any
    ) -> LiteLLMModel:
        given = {"model": "openai/m", "api_base": loopback.base, "max_attempts": 3, **settings}
        model = LiteLLMModel(
            ModelSettings(**given),
            meter=meter,
            pause=self.waits,
            chance=lambda: 0.0,
            on_event=self._hear,
            callers=self.callers,
        )
        self.models.append(model)
        return model

    def _hear(self, event: ModelCalled | WaitStarted | ParameterChanged) -> None:
        (self.calls if isinstance(event, ModelCalled) else self.told).append(event)


def called_by(callers: Callers, loopback: Loopback, **more: Any) -> LiteLLMModel:
    """A model whose requests are made by ``callers``."""
    settings = ModelSettings(model="openai/m", api_base=loopback.base, **more)
    return LiteLLMModel(settings, callers=callers, pause=Waits(), chance=lambda: 0.0)


async def until(holds: Callable[[], bool]) -> None:
    """Let the event loop go on until that is so."""
    while not holds():  # noqa: ASYNC110 - no event tells of it
        await asyncio.sleep(0)
