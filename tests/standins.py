"""Stand-ins that keep the same contracts as the real things."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from pydantic import BaseModel

from skillopt.adapters.meter import SpendMeter
from skillopt.core.evaluation.rollout import Reply, Usage
from skillopt.core.evaluation.task import Message
from skillopt.core.loop_settings import SpendLimits
from skillopt.core.value import content_hash
from skillopt.errors import ChargedError

Line = str | Reply | ChargedError | Callable[[Sequence[Message]], str]
"""What one call meets: a reply, an error, or a reply worked out from the messages."""


class ScriptedModel:
    """A model that says its lines, one a call, the last one again when they run out."""

    def __init__(
        self, *lines: Line, name: str = "scripted", meter: SpendMeter | None = None
    ) -> None:
        self.asked: list[tuple[Message, ...]] = []
        self.shapes: list[type[BaseModel]] = []
        self.identity = content_hash(["scripted", name])
        self._lines = deque(lines)
        self._meter = meter or SpendMeter(SpendLimits())

    async def reply(self, messages: Sequence[Message], *, shape: type[BaseModel]) -> Reply:
        used = Usage(calls=1, prompt_tokens=10, completion_tokens=3)
        with await self._meter.reserve(used) as reservation:
            self.asked.append(tuple(messages))
            self.shapes.append(shape)
            line = self._lines.popleft() if len(self._lines) > 1 else self._lines[0]
            reservation.settle(used)
        match line:
            case str():
                return Reply(text=line, usage=used)
            case Reply():
                return line
            case ChargedError():
                raise line
            case _:
                return Reply(text=line(messages), usage=used)
