"""Results of pydantic-ai."""

from __future__ import annotations

from typing import Any

from skillopt.adapters.frameworks.steps import Steps, field, text_of
from skillopt.core.evaluation.rollout import Answer, Usage, counted
from skillopt.errors import TargetError


def answer_of(result: Any) -> Answer:
    """The answer in an `AgentRunResult`: its output, trace, requests and tokens.

    Raises:
        TargetError: it is no such result.
    """
    if not callable(getattr(result, "new_messages", None)):
        kind = type(result).__name__
        raise TargetError(f"{kind} is no result of pydantic-ai; give what `agent.run` returns")
    steps = Steps()
    for message in result.new_messages():
        for part in field(message, "parts") or ():
            _tell(part, steps)
    return Answer(text=text_of(result.output), usage=_usage(result.usage), trace=steps.trace())


def _tell(part: Any, steps: Steps) -> None:
    content, key = field(part, "content"), field(part, "tool_call_id")
    name = field(part, "tool_name")
    match field(part, "part_kind"):
        case "text":
            steps.say("assistant", content)
        case "tool-call" | "builtin-tool-call":
            steps.call(name, field(part, "args"), key=key)
        case "tool-return" | "builtin-tool-return":
            failed = field(part, "outcome") not in {None, "success"}
            steps.result(content, key=key, name=name, failed=failed)
        case "retry-prompt" if name:
            steps.result(part.model_response(), key=key, name=name, failed=True)
        case "retry-prompt" | "retry-feedback":
            steps.say("user", part.model_response())
        case _:  # what it was given, and what it thought
            return


def _usage(usage: Any) -> Usage:
    if field(usage, "requests") is None and callable(usage):  # before version 2 it was a method
        usage = usage()
    return Usage(
        calls=max(1, counted(field(usage, "requests"))),
        prompt_tokens=counted(field(usage, "input_tokens")),
        completion_tokens=counted(field(usage, "output_tokens")),
        cost=None,
    )
