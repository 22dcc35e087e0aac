"""Results of the OpenAI Agents SDK."""

from __future__ import annotations

from typing import Any

from skillopt.adapters.frameworks.steps import Steps, field, text_of
from skillopt.core.evaluation.rollout import Answer, Usage, counted
from skillopt.errors import TargetError


def answer_of(result: Any) -> Answer:
    """The answer in a `RunResult`: its final output, trace, requests and tokens.

    Raises:
        TargetError: it is no such result.
    """
    items, responses = field(result, "new_items"), field(result, "raw_responses")
    if not isinstance(items, list) or not isinstance(responses, list):
        kind = type(result).__name__
        raise TargetError(f"{kind} is no result of the Agents SDK; give what `Runner.run` returns")
    steps = Steps()
    for item in items:
        _tell(item, steps)
    return Answer(
        text=text_of(field(result, "final_output")),
        usage=_usage(result, responses),
        trace=steps.trace(),
    )


def _tell(item: Any, steps: Steps) -> None:
    raw = field(item, "raw_item")
    key = field(raw, "call_id") or field(raw, "id")
    match field(item, "type"):
        case "message_output_item":
            steps.say("assistant", field(raw, "content"))
        case "tool_call_item" | "handoff_call_item":
            steps.call(field(raw, "name") or field(raw, "type"), _arguments(raw), key=key)
        case "tool_call_output_item":
            steps.result(field(item, "output"), key=key)
        case "handoff_output_item":
            steps.result(field(raw, "output"), key=key)
        case _:  # reasoning, approvals, lists of tools
            return


def _arguments(raw: Any) -> Any:
    """Those of a function; of a hosted tool, what it was told to do."""
    found = field(raw, "arguments")
    if found is not None:
        return found
    action = field(raw, "action") or field(raw, "queries") or field(raw, "code")
    dumped = getattr(action, "model_dump", None)
    action = dumped(mode="json") if callable(dumped) else action
    return action if isinstance(action, dict) or action is None else {"action": action}


def _usage(result: Any, responses: list[Any]) -> Usage:
    """As the run adds it up, agents that are tools included, or as its responses say."""
    total = field(field(result, "context_wrapper"), "usage")
    stated = [field(response, "usage") for response in responses]
    requests = sum(counted(field(one, "requests")) or 1 for one in stated)
    return Usage(
        calls=max(1, requests, counted(field(total, "requests"))),
        prompt_tokens=_most("input_tokens", total, stated),
        completion_tokens=_most("output_tokens", total, stated),
        cost=None,
    )


def _most(name: str, total: Any, stated: list[Any]) -> int:
    return max(counted(field(total, name)), sum(counted(field(one, name)) for one in stated))
