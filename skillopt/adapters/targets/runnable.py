"""A LangChain or LangGraph runnable as the target: anything with `ainvoke`."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from skillopt.adapters.guard import TookTooLong, awaited
from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.models.outage import Outage
from skillopt.adapters.targets.failures import counted_error, sorted_error
from skillopt.adapters.targets.prompts import conversation
from skillopt.adapters.user_code import Identified, Identity, identity_of
from skillopt.core.evaluation.rollout import Answer, Usage, counted
from skillopt.core.evaluation.task import Task
from skillopt.core.loop_settings import SpendLimits
from skillopt.core.skill.shown_files import shown_to_target
from skillopt.core.skill.skill import Skill
from skillopt.errors import TargetError


class Runnable(Protocol):
    """What is needed of a runnable."""

    async def ainvoke(self, input: Any, config: Any = None) -> Any:  # noqa: A002 - their name
        """Run it."""
        ...


ToInput = Callable[[str, list[dict[str, str]]], Any]
"""`to_input(skill, messages)`: the runnable's input from the skill's text ("" for none) and the
task's messages."""


class RunnableTarget(Identified):
    """A runnable as the target, on a thread of its own each time.

    Args:
        runnable: a compiled LangGraph graph, a chat model, a chain.
        to_input: builds its input. By default `{"messages": [...]}`, and for a chat model the
            list itself, with the skill in a system message above the task's messages.
        to_text: takes the answer's text out of its output. By default the output if it is a text,
            its `content` if it is a message, or that of the last of its `messages`.
        name: names it in messages, and in the ledger in place of its identity.
        identity: names it and its version in the ledger. By default it is derived from the model
            and its parameters, or the nodes and edges of a graph with their functions, and from
            ``to_input`` and ``to_text``; where one of them cannot be compared, its rollouts are one
            run's alone.
        meter: counts each run of it as one call.
        timeout: seconds one run may take; None for no end.
        deterministic: it answers alike every time.
    """

    def __init__(
        self,
        runnable: Runnable,
        *,
        to_input: ToInput | None = None,
        to_text: Callable[[Any], str] | None = None,
        name: str | None = None,
        identity: str | None = None,
        meter: SpendMeter | None = None,
        timeout: float | None = None,
        deterministic: bool = False,
    ) -> None:
        self._runnable = runnable
        self._to_input = to_input
        self._to_text = to_text or answer_text
        self._meter = meter or SpendMeter(SpendLimits())
        self._timeout = timeout
        self._outage = Outage()
        own = getattr(runnable, "name", None)
        self._who = name or (own if isinstance(own, str) else type(runnable).__name__)
        self._named = identity if identity is not None else name
        self.identify()
        self.deterministic = deterministic

    @property
    def converses(self) -> bool:
        """It is given messages."""
        return True

    async def answer(self, skill: Skill | None, task: Task, *, trial: int) -> Answer:
        """The runnable's answer; see :class:`skillopt.ports.Target`.

        Raises:
            TargetError: it raised, took too long, or its output holds no text.
            CallFailed: it let a provider's passing failure through.
            RunStopped: it let through a provider's failure that every call would meet.
            SpendExhausted: a limit leaves no room for the call.
        """
        config = {
            "configurable": {"thread_id": uuid.uuid4().hex},
            "metadata": {"skillopt_task": task.id, "skillopt_trial": trial},
        }
        with await self._meter.reserve(Usage(calls=1)) as reservation:

            async def run() -> tuple[Any, str]:
                output = await self._runnable.ainvoke(self._input(skill, task), config)
                return output, self._to_text(output)

            try:
                output, text = await awaited(run(), within=self._timeout)
            except TookTooLong:
                raise TargetError(f"{self._who} took over {self._timeout} s") from None
            except Exception as error:
                failed = sorted_error(error, who=self._who)
                raise counted_error(failed, outage=self._outage) from error
            self._outage.answer()
            if not isinstance(text, str):
                raise TargetError(f"{self._who}: to_text returned {type(text).__name__}, not a str")
            used = _used(output)
            reservation.settle(used)
        return Answer(text=text, usage=used)

    def _code(self) -> object:
        return self._runnable

    def _derived(self) -> Identity:
        return identity_of("runnable", self._runnable, self._named, self._to_input, self._to_text)

    def _input(self, skill: Skill | None, task: Task) -> Any:
        if self._to_input is not None:
            messages = [message.model_dump() for message in task.messages]
            return self._to_input(shown_to_target(skill) if skill else "", messages)
        shown = [message.model_dump() for message in conversation(skill, task)]
        return shown if hasattr(self._runnable, "_llm_type") else {"messages": shown}


def answer_text(output: Any) -> str:
    """The text in a runnable's output: a text, a message, or a state with `messages`.

    Raises:
        TargetError: there is none to be found.
    """
    if isinstance(output, str):
        return output
    if isinstance(output, Mapping) and output.get("messages"):
        return answer_text(output["messages"][-1])
    content = _field(output, "content")
    if isinstance(content, str):
        return content
    if isinstance(content, Sequence):
        return "".join(_part(part) for part in content)
    raise TargetError(
        f"no text in the runnable's output ({type(output).__name__}); pass to_text to extract it"
    )


def _part(part: Any) -> str:
    if isinstance(part, str):
        return part
    return str(part.get("text", "")) if isinstance(part, Mapping) else ""


def _field(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)


def _used(output: Any) -> Usage:
    """One call, and the tokens that the messages in ``output`` say they used."""
    messages = output.get("messages") if isinstance(output, Mapping) else [output]
    said = [_field(message, "usage_metadata") for message in messages or ()]
    stated = [usage for usage in said if isinstance(usage, Mapping)]
    return Usage(
        calls=1,
        prompt_tokens=sum(counted(usage.get("input_tokens")) for usage in stated),
        completion_tokens=sum(counted(usage.get("output_tokens")) for usage in stated),
        cost=None if stated else 0.0,
    )
