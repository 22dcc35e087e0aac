"""A practice model in a role: metered and told of like a real one, answered in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from time import perf_counter

from pydantic import BaseModel

from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.models.settings import ModelSettings
from skillopt.adapters.practice.answering import KINDS, Kind, Params, checked_params, respond
from skillopt.core.endings import Ending
from skillopt.core.evaluation.rollout import Reply, Usage
from skillopt.core.evaluation.task import Message
from skillopt.core.events import ModelCalled
from skillopt.core.foreign_text import admitted
from skillopt.core.loop_settings import SpendLimits
from skillopt.core.reasoning import heard
from skillopt.errors import SettingsError


class PracticeModel:
    """`practice/reader`, `practice/mentor` or `practice/judge`.

    A word is a token, and a token costs nothing. What a call uses is known before it is counted, so
    that no limit is passed.

    Args:
        settings: the model and its parameters: of these it reads `seed` and, the reader, `noise`.
        meter: counts its calls; by default one without limits.
        on_event: called as a call ends.

    Raises:
        SettingsError: there is no such practice model, or a parameter is out of range.
    """

    def __init__(
        self,
        settings: ModelSettings,
        *,
        meter: SpendMeter | None = None,
        on_event: Callable[[ModelCalled], None] | None = None,
    ) -> None:
        self.settings = settings
        self._meter = meter or SpendMeter(SpendLimits())
        self._on_event = on_event
        self._kind = _kind(settings)
        try:
            self._params = checked_params(settings.sent_params)
        except ValueError as error:
            raise SettingsError(f"params of {settings.model!r}: {error}") from None

    @cached_property
    def identity(self) -> str:
        """Digest of what shapes the replies: model and parameters."""
        return self.settings.digest()

    @property
    def deterministic(self) -> bool:
        """It replies alike every time: there is no noise."""
        return not self._params.noise

    @property
    def refused(self) -> dict[str, str | None]:
        """No endpoint refuses anything; see :class:`skillopt.ports.Endpoint`."""
        return {}

    @property
    def left_out(self) -> dict[str, str | None]:
        """Nothing is left out of a call."""
        return {}

    def recall(self, refused: Mapping[str, str | None]) -> None:
        """There is nothing that was found out before."""

    async def reply(self, messages: Sequence[Message], *, shape: type[BaseModel]) -> Reply:  # noqa: ARG002
        """One reply, in the shape that its prompt asks for; see :class:`skillopt.ports.Model`."""
        return await self.complete(messages)

    async def complete(self, messages: Sequence[Message], *, seed: int | None = None) -> Reply:
        """One reply.

        Args:
            messages: the conversation.
            seed: of the reader's noise; by default that of the parameters.

        Raises:
            SpendExhausted: a limit leaves no room for the call.
        """
        await asyncio.sleep(0)  # others may go on, and a cancelled run ends
        began = perf_counter()
        text = respond(self._kind, messages, self._with(seed))
        usage = Usage(
            calls=1,
            prompt_tokens=sum(len(message.content.split()) for message in messages),
            completion_tokens=len(text.split()),
            cost=0.0,
        )
        with await self._meter.reserve(usage) as reservation:
            reservation.settle(usage)
        if self._on_event is not None:
            self._on_event(self._called(usage, seconds=perf_counter() - began))
        said, reasoning = heard(admitted(text))
        return Reply(text=said, usage=usage, reasoning=reasoning)

    def _with(self, seed: int | None) -> Params:
        if seed is None or "seed" in self.settings.drop:
            return self._params
        return self._params._replace(seed=seed)

    def _called(self, usage: Usage, *, seconds: float) -> ModelCalled:
        return ModelCalled(
            model=self.settings.model,
            usage=usage,
            seconds=seconds,
            ending=Ending.COMPLETE,
            error=None,
        )


def _kind(settings: ModelSettings) -> Kind:
    named = settings.model.partition("/")[2]
    for kind in KINDS:
        if kind == named:
            return kind
    known = ", ".join(f"practice/{kind}" for kind in KINDS)
    raise SettingsError(f"there is no practice model {settings.model!r}; there are {known}")
