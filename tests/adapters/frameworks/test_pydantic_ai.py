"""Results of pydantic-ai, in the shapes of version 2: what it did, requests, tokens.

`tests/docs/test_frameworks.py` runs the framework itself, where it is installed.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import BaseModel

from skillopt import traces
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.evaluation.trace import Said, ToolCall
from skillopt.errors import TargetError


class Verdict(BaseModel):
    queue: str


USED = SimpleNamespace(requests=3, input_tokens=30, output_tokens=5)


def result(*parts: Any, output: Any = "done", usage: Any = USED) -> Any:
    message = SimpleNamespace(parts=parts)
    return SimpleNamespace(new_messages=lambda: [message], output=output, usage=usage)


def part(kind: str, **fields: Any) -> Any:
    return SimpleNamespace(part_kind=kind, **fields)


def test_its_parts_are_steps() -> None:
    answer = traces.pydantic_ai(
        result(
            part("user-prompt", content="?"),
            part("thinking", content="hm"),
            part("tool-call", tool_name="search", args='{"q": 1}', tool_call_id="1"),
            part("tool-call", tool_name="read", args={"p": "a"}, tool_call_id="2"),
            part(
                "tool-return",
                tool_name="read",
                content="again",
                tool_call_id="2",
                outcome="retried",
            ),
            part(
                "tool-return",
                tool_name="search",
                content={"found": 2},
                tool_call_id="1",
                outcome="success",
            ),
            part("retry-feedback", model_response=lambda: "Say more."),
            part("text", content="done"),
        )
    )
    assert answer.text == "done"
    assert answer.usage == Usage(calls=3, prompt_tokens=30, completion_tokens=5, cost=None)
    assert answer.trace is not None
    assert answer.trace.steps == (
        ToolCall(name="search", arguments={"q": 1}, result='{"found":2}'),
        ToolCall(name="read", arguments={"p": "a"}, result="again", failed=True),
        Said(role="user", text="Say more."),
        Said(text="done"),
    )


def test_an_output_that_is_no_text_is_its_json() -> None:
    assert traces.pydantic_ai(result(output=Verdict(queue="access"))).text == '{"queue":"access"}'


def test_its_usage_may_be_a_method() -> None:
    assert traces.pydantic_ai(result(usage=lambda: USED)).usage.calls == 3


@pytest.mark.parametrize("other", [None, "text", {"output": "x"}])
def test_what_is_no_result_is_the_targets_failure(other: Any) -> None:
    with pytest.raises(TargetError, match="no result of pydantic-ai"):
        traces.pydantic_ai(other)
