"""The caller's own function in the optimizer's or the judge's seat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from pydantic import BaseModel

from skillopt.adapters.guard import TookTooLong, described, returned
from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.user_code import Identified, Identity, identity_of, is_async, qualified
from skillopt.core.evaluation.rollout import Reply, Usage
from skillopt.core.evaluation.task import Message
from skillopt.core.loop_settings import SpendLimits
from skillopt.errors import CallFailed, SkilloptError

OwnModel = Callable[[list[dict[str, str]]], "str | Reply | Awaitable[str | Reply]"]
"""`optimizer(messages)`: chat messages as dicts; returns the reply's text, or a
:class:`~skillopt.core.evaluation.rollout.Reply` with its usage. Sync functions run in a thread."""


class CallableModel(Identified):
    """A function as a model.

    Args:
        function: see :data:`OwnModel`.
        name: names it in the ledger in place of its identity.
        identity: names it and its version in the ledger; by default derived, as a target's is.
        meter: counts each call of it as one call.
        timeout: seconds one call may take; None for no end.
    """

    def __init__(
        self,
        function: OwnModel,
        *,
        name: str | None = None,
        identity: str | None = None,
        meter: SpendMeter | None = None,
        timeout: float | None = None,
    ) -> None:
        self._function = function
        self._meter = meter or SpendMeter(SpendLimits())
        self._timeout = timeout
        self._named = identity if identity is not None else name
        self.identify()

    async def reply(self, messages: Sequence[Message], *, shape: type[BaseModel]) -> Reply:  # noqa: ARG002
        """The function's reply; see :class:`skillopt.ports.Model`.

        Raises:
            CallFailed: it raised, took too long, or returned something else than a text.
            SpendExhausted: a limit leaves no room for the call.
        """
        with await self._meter.reserve(Usage(calls=1)) as reservation:
            try:
                said = await self._said([message.model_dump() for message in messages])
            except SkilloptError:
                raise
            except TookTooLong:
                who = qualified(self._function)
                raise CallFailed(f"{who} took over {self._timeout} s") from None
            except Exception as error:
                raise CallFailed(described(error)) from error
            reply = Reply(text=said, usage=Usage(calls=1)) if isinstance(said, str) else said
            if not isinstance(reply, Reply):
                who = qualified(self._function)
                raise CallFailed(f"{who} returned {type(said).__name__}, not text")
            reservation.settle(reply.usage)
        return reply

    def _code(self) -> object:
        return self._function

    def _derived(self) -> Identity:
        return identity_of("callable", self._function, self._named)

    async def _said(self, messages: list[dict[str, str]]) -> object:
        def call() -> Any:
            return self._function(messages)

        return await returned(call, is_async=is_async(self._function), within=self._timeout)
