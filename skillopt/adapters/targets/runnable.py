"""A LangChain or LangGraph runnable as the target: anything with `ainvoke`."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from skillopt.adapters.frameworks.langchain import call_counter, trace_of, usage_of
from skillopt.adapters.frameworks.steps import field, text_of
from skillopt.adapters.guard import TookTooLong, awaited
from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.models.outage import Outage
from skillopt.adapters.targets.failures import counted_error, sorted_error
from skillopt.adapters.targets.prompts import conversation
from skillopt.adapters.user_code import Identified, Identity, identity_of
from skillopt.core.evaluation.rollout import Answer, Usage
from skillopt.core.evaluation.task import Task
from skillopt.core.evaluation.trace import Trace
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
        meter: counts the calls of models that LangChain tells of, and at least one a run.
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
        counter = call_counter()
        config = {
            "configurable": {"thread_id": uuid.uuid4().hex},
            "metadata": {"skillopt_task": task.id, "skillopt_trial": trial},
            **({"callbacks": [counter]} if counter else {}),
        }
        given = self._input(skill, task)
        with await self._meter.reserve(Usage(calls=1)) as reservation:

            async def run() -> tuple[Any, str]:
                output = await self._runnable.ainvoke(given, config)
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
            did = _did(output, given)
            used = (counter and counter.usage) or did.usage
            reservation.settle(used)
        return Answer(text=text, usage=used, trace=did.trace)

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
    content = field(output, "content")
    if isinstance(content, str | Sequence):
        return text_of(content)
    raise TargetError(
        f"no text in the runnable's output ({type(output).__name__}); pass to_text to extract it"
    )


def _did(output: Any, given: Any) -> Did:
    """What the messages in ``output`` tell of, after those that it was given."""
    known = _listed(given)
    messages = _listed(output)
    if messages is None:
        is_message = field(output, "content") is not None
        return Did(usage_of([output]), trace_of([output])) if is_message else Did(_ONE_CALL, None)
    own = None if known is None or len(known) > len(messages) else len(known)
    return Did(usage_of(messages, given=own), trace_of(messages, given=own))


def _listed(state: Any) -> list[Any] | None:
    messages = state.get("messages") if isinstance(state, Mapping) else state
    return list(messages) if isinstance(messages, list | tuple) else None


class Did(NamedTuple):
    """What is known of a run beside its text."""

    usage: Usage
    trace: Trace | None


_ONE_CALL = Usage(calls=1)
