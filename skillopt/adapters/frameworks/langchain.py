"""Messages of LangChain, LangGraph and deepagents."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from skillopt.adapters.frameworks.steps import Steps, field, text_of
from skillopt.core.evaluation.rollout import Answer, Usage, counted
from skillopt.core.evaluation.trace import Trace
from skillopt.errors import TargetError

_ROLES = {
    "ai": "ai", "assistant": "ai", "AIMessageChunk": "ai",
    "human": "user", "user": "user", "HumanMessageChunk": "user",
    "system": "system", "developer": "system", "SystemMessageChunk": "system",
    "tool": "tool", "function": "tool", "ToolMessageChunk": "tool",
}  # fmt: skip


def answer_of(output: Any, *, given: int | None = None) -> Answer:
    """The answer in an agent's output: text, trace, model calls and tokens.

    Args:
        output: a state with `messages`, or the list of them.
        given: how many of them the agent was given; by default those before its first own one.

    Raises:
        TargetError: the last message is not the agent's, or has no text that could be read.
    """
    messages = _messages(output)
    if not messages or _role(messages[-1]) != "ai":
        raise TargetError("the last of the messages is no answer of a model")
    return Answer(
        text=text_of(field(messages[-1], "content")),
        usage=usage_of(messages, given=given),
        trace=trace_of(messages, given=given),
    )


def trace_of(messages: Sequence[Any], *, given: int | None = None) -> Trace:
    """What was said and done in ``messages``, after what the agent was given."""
    steps = Steps()
    for message in _own(messages, given):
        match _role(message):
            case "ai":
                _told(message, steps)
            case "tool":
                failed = field(message, "status") == "error"
                key, name = field(message, "tool_call_id"), field(message, "name")
                steps.result(field(message, "content"), key=key, name=name, failed=failed)
            case "system":
                steps.say("system", field(message, "content"))
            case _:
                steps.say("user", field(message, "content"))
    return steps.trace()


def usage_of(messages: Sequence[Any], *, given: int | None = None) -> Usage:
    """One call for each message of a model, and the tokens that they say they used."""
    said = [message for message in _own(messages, given) if _role(message) == "ai"]
    return summed([field(message, "usage_metadata") for message in said])


def summed(stated: Sequence[Any]) -> Usage:
    """The usage of as many calls as ``stated`` has entries; their price is not known."""
    figures = [usage for usage in stated if isinstance(usage, Mapping)]
    return Usage(
        calls=max(1, len(stated)),
        prompt_tokens=sum(counted(usage.get("input_tokens")) for usage in figures),
        completion_tokens=sum(counted(usage.get("output_tokens")) for usage in figures),
        cost=None if figures else 0.0,
    )


class Counter(Protocol):
    """A callback of LangChain that counts the calls of models."""

    @property
    def usage(self) -> Usage | None:
        """What the calls have used; None where there was none."""
        ...


def call_counter() -> Counter | None:
    """Counts every model call of a run, those of subgraphs and subagents too.

    None where LangChain is not loaded: what runs is none of its own then.
    """
    if "langchain_core" not in sys.modules:
        return None
    from skillopt.adapters.frameworks.langchain_calls import CallCounter

    return CallCounter()


def _messages(output: Any) -> list[Any]:
    messages = field(output, "messages") if not isinstance(output, list | tuple) else output
    if not isinstance(messages, list | tuple):
        kind = type(output).__name__
        raise TargetError(f"no messages in {kind}; give a list of them, or a state with `messages`")
    return list(messages)


def _own(messages: Sequence[Any], given: int | None) -> Sequence[Any]:
    """The messages after those that the agent was given."""
    if given is not None:
        return messages[given:]
    first = (at for at, one in enumerate(messages) if _role(one) not in {"user", "system"})
    return messages[next(first, len(messages)) :]


def _role(message: Any) -> str:
    if isinstance(message, tuple) and message:  # ("human", "text")
        return _ROLES.get(str(message[0]), "user")
    name = field(message, "type") if not isinstance(message, Mapping) else None
    return _ROLES.get(str(name or field(message, "role") or field(message, "type")), "user")


def _told(message: Any, steps: Steps) -> None:
    steps.say("assistant", field(message, "content"))
    for call in field(message, "tool_calls") or ():
        function = field(call, "function") or call
        arguments = field(function, "args") or field(function, "arguments")
        steps.call(field(function, "name"), arguments, key=field(call, "id"))
    for call in field(message, "invalid_tool_calls") or ():
        steps.call(field(call, "name"), field(call, "args"), key=field(call, "id"))
        steps.result(field(call, "error"), key=field(call, "id"), failed=True)
