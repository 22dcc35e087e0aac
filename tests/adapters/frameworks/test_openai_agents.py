"""Results of the Agents SDK, in the shapes of version 0.24: what it did, requests, tokens.

`tests/docs/test_frameworks.py` runs the SDK itself, where it is installed.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from skillopt import traces
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.evaluation.trace import Said, ToolCall
from skillopt.errors import TargetError


def item(kind: str, raw: Any, **more: Any) -> Any:
    return SimpleNamespace(type=kind, raw_item=raw, **more)


def used(requests: int, given: int, said: int) -> Any:
    return SimpleNamespace(requests=requests, input_tokens=given, output_tokens=said)


def result(*items: Any, output: Any = "done", total: Any = None, responses: int = 2) -> Any:
    return SimpleNamespace(
        new_items=list(items),
        raw_responses=[SimpleNamespace(usage=used(1, 10, 2)) for _ in range(responses)],
        final_output=output,
        context_wrapper=SimpleNamespace(usage=total),
    )


CALL = SimpleNamespace(name="search", arguments='{"q": "x"}', call_id="1", type="function_call")
MESSAGE = SimpleNamespace(content=[SimpleNamespace(type="output_text", text="done")])


def test_its_items_are_steps() -> None:
    hosted = SimpleNamespace(type="web_search_call", id="9", action={"query": "y"})
    transfer = SimpleNamespace(name="transfer_to_desk", arguments="{}", call_id="2")
    answer = traces.openai_agents(
        result(
            item("reasoning_item", SimpleNamespace(summary=[])),
            item("tool_call_item", CALL),
            item("tool_call_output_item", {"call_id": "1", "output": "2"}, output=2),
            item("tool_call_item", hosted),
            item("handoff_call_item", transfer),
            item("handoff_output_item", {"call_id": "2", "output": "desk"}),
            item("message_output_item", MESSAGE),
        )
    )
    assert answer.text == "done"
    assert answer.trace is not None
    assert answer.trace.steps == (
        ToolCall(name="search", arguments={"q": "x"}, result="2"),
        ToolCall(name="web_search_call", arguments={"query": "y"}),
        ToolCall(name="transfer_to_desk", result="desk"),
        Said(text="done"),
    )


def test_calls_and_tokens_are_those_of_the_responses_or_of_the_whole_run() -> None:
    two = Usage(calls=2, prompt_tokens=20, completion_tokens=4, cost=None)
    assert traces.openai_agents(result()).usage == two
    with_an_agent_as_a_tool = traces.openai_agents(result(total=used(5, 90, 9))).usage
    assert with_an_agent_as_a_tool == Usage(
        calls=5, prompt_tokens=90, completion_tokens=9, cost=None
    )


@pytest.mark.parametrize("other", [None, "text", SimpleNamespace(new_items=[])])
def test_what_is_no_result_is_the_targets_failure(other: Any) -> None:
    with pytest.raises(TargetError, match="no result of the Agents SDK"):
        traces.openai_agents(other)
