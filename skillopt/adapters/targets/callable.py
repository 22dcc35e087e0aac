"""A function of the caller's own as the target."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from skillopt.adapters.files.rendered import rendered_skill
from skillopt.adapters.guard import TookTooLong, returned
from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.models.outage import Outage
from skillopt.adapters.processes import own_folder
from skillopt.adapters.targets.failures import counted_error, sorted_error
from skillopt.adapters.targets.parameters import parameters_of
from skillopt.adapters.user_code import Identified, Identity, identity_of, is_async
from skillopt.core.evaluation.rollout import Answer, Usage
from skillopt.core.evaluation.task import Task
from skillopt.core.loop_settings import SpendLimits
from skillopt.core.skill.shown_files import shown_to_target
from skillopt.core.skill.skill import Skill
from skillopt.errors import TargetError

OwnTarget = Callable[..., "str | Answer | Awaitable[str | Answer]"]
"""`target(skill, input)`: the skill's text ("" for no skill), and the task's input: a text, or a
conversation as a list of dicts with `role` and `content`. Where it has the parameters it also gets
`task`, the whole :class:`~skillopt.core.evaluation.task.Task`; `trial`, a number from 0; and
`skill_folder`, a folder with the skill that is there for this call alone (None for no skill). It
returns the answer's text, or an :class:`~skillopt.core.evaluation.rollout.Answer` with its usage
and what it did. Sync functions run in a thread."""


class CallableTarget(Identified):
    """A function as the target.

    Args:
        function: see :data:`OwnTarget`.
        name: names it in messages, and in the ledger in place of its identity.
        identity: names it and its version in the ledger: the same for the same answers. By default
            it is derived from the function's code and constants and all it refers to; where that
            cannot be compared, its rollouts are one run's alone.
        meter: counts each call of it as one call.
        timeout: seconds one call may take; None for no end. A sync function that is too slow is no
            longer waited for; its thread is interrupted where it runs Python code.
        deterministic: it answers alike every time.
    """

    def __init__(
        self,
        function: OwnTarget,
        *,
        name: str | None = None,
        identity: str | None = None,
        meter: SpendMeter | None = None,
        timeout: float | None = None,
        deterministic: bool = False,
    ) -> None:
        self._function = function
        self._meter = meter or SpendMeter(SpendLimits())
        self._timeout = timeout
        self._who = name or str(getattr(function, "__qualname__", type(function).__qualname__))
        self._is_async = is_async(function)
        self._parameters = parameters_of(function)
        self.outage = Outage()
        self._named = identity if identity is not None else name
        self.identify()
        self.deterministic = deterministic

    async def answer(self, skill: Skill | None, task: Task, *, trial: int) -> Answer:
        """The function's answer; see :class:`skillopt.ports.Target`.

        Raises:
            TargetError: it raised, took too long, or returned something else than an answer.
            CallFailed: it raised that, or let a provider's passing failure through.
            RunStopped: it let through a provider's failure that every call would meet.
            SpendExhausted: a limit leaves no room for the call.
        """
        with await self._meter.reserve(self.upper) as reservation:
            if self._parameters.wants_folder and skill is not None:
                with own_folder() as own:
                    said = await self._said(skill, task, trial, rendered_skill(skill, own))
            else:
                said = await self._said(skill, task, trial, None)
            self.outage.answer()
            if isinstance(said, str):
                return Answer(text=said)
            if not isinstance(said, Answer):
                kind = type(said).__name__
                raise TargetError(f"{self._who} returned {kind}; return a str or an Answer")
            reservation.settle(said.usage)
            return said

    @property
    def upper(self) -> Usage:
        """What a call reserves before it is made."""
        return Usage(calls=1)

    def _code(self) -> object:
        return self._function

    def _derived(self) -> Identity:
        return identity_of("callable", self._function, self._named)

    def _text(self, skill: Skill | None) -> str:
        """The skill as a text; who takes the folder reads the other files there."""
        if skill is None:
            return ""
        return skill.text if self._parameters.wants_folder else shown_to_target(skill)

    async def _said(
        self, skill: Skill | None, task: Task, trial: int, skill_folder: Path | None
    ) -> object:
        given = task.input
        asked = given if isinstance(given, str) else [message.model_dump() for message in given]

        def call() -> Any:
            return self._parameters.call(
                self._function,
                skill=self._text(skill),
                asked=asked,
                task=task,
                trial=trial,
                skill_folder=skill_folder,
            )

        try:
            return await returned(call, is_async=self._is_async, within=self._timeout)
        except TookTooLong:
            raise TargetError(f"{self._who} took over {self._timeout} s") from None
        except Exception as error:
            failed = sorted_error(error, who=self._who)
            raise counted_error(failed, outage=self.outage) from error
