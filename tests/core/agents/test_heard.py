"""Whatever a client prints, it is an answer or an agent's failure, and nothing else."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.agents.form import StreamFormat
from skillopt.core.agents.heard import heard
from skillopt.core.agents.stream import AgentFailed

FORMATS: tuple[StreamFormat, ...] = get_args(StreamFormat)

WORDS = st.sampled_from(
    [
        *(
            "assistant",
            "user",
            "result",
            "item.completed",
            "turn.completed",
            "turn.failed",
            "error",
        ),
        *("assistant.message", "assistant.usage", "tool.execution_start", "session.error", "text"),
        *(
            "tool.execution_complete",
            "step_start",
            "step_finish",
            "tool_use",
            "tool_result",
            "stop",
        ),
        *("message", "success", "agent_message", "command_execution", "mcp_tool_call", "tool"),
    ]
)
NAMES = st.sampled_from(
    [
        *("type", "message", "content", "id", "item", "usage", "data", "part", "state", "error"),
        *("result", "subtype", "is_error", "exitCode", "status", "tokens", "cache", "role", "text"),
        *("tool_use_id", "toolCallId", "arguments", "input", "name", "reason", "stats", "cost"),
    ]
)
CONTENT = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 600) | st.floats() | WORDS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=8,
)
EVENTS = st.lists(
    st.builds(lambda kind, rest: {**rest, "type": kind}, WORDS, st.dictionaries(NAMES, CONTENT)),
    max_size=6,
)


@pytest.mark.parametrize("format_", FORMATS)
@given(happened=EVENTS, code=st.sampled_from([0, 1, -9]), cut=st.booleans())
def test_odd_streams_are_answers_or_failures(
    format_: StreamFormat, *, happened: list[dict[str, object]], code: int, cut: bool
) -> None:
    out = "\n".join(json.dumps(event) for event in happened)
    try:
        found = heard(format_, out[: len(out) // 2] if cut else out, code=code, err="said")
    except AgentFailed as failure:
        failed = failure
    else:
        assert code == 0
        assert isinstance(found.text, str)
        found.trace.model_dump_json()
        return
    assert str(failed)
    assert failed.used.calls >= 1


@pytest.mark.parametrize("format_", FORMATS)
def test_nothing_at_all_is_a_failure_that_quotes_standard_error(format_: StreamFormat) -> None:
    with pytest.raises(AgentFailed, match=r"exit code 1: .*error: unknown option '--x'"):
        heard(format_, "", code=1, err="error: unknown option '--x'\n")
    with pytest.raises(AgentFailed) as caught:
        heard(format_, "", code=1, err="getaddrinfo ENOTFOUND api.example.com")
    assert caught.value.cause == "passing"
    with pytest.raises(AgentFailed, match="it says: You are not logged in") as caught:
        heard(format_, "You are not logged in", code=1, err="")
    assert caught.value.cause == "final"


def test_a_codex_connection_that_is_taken_up_again_is_no_failure() -> None:
    out = [
        {"type": "error", "message": "Reconnecting... 1/5 (rate limit)"},
        {"type": "item.completed", "item": {"id": "1", "type": "agent_message", "text": "done"}},
        {"type": "turn.completed", "usage": {"input_tokens": 3, "output_tokens": 4}},
    ]
    found = heard("codex", "\n".join(map(json.dumps, out)), code=0, err="")
    assert (found.text, found.usage.tokens) == ("done", 7)


def test_what_a_copilot_sub_agent_says_is_no_answer() -> None:
    out = [
        {"type": "assistant.message", "data": {"content": "mine"}},
        {"type": "assistant.message", "agentId": "x", "data": {"content": "another's"}},
        {"type": "tool.execution_start", "data": {"toolCallId": "1", "toolName": "bash"}},
        {
            "type": "tool.execution_complete",
            "data": {"toolCallId": "1", "success": False, "error": {"message": "denied"}},
        },
        {"type": "assistant.usage", "data": {"inputTokens": 10, "outputTokens": 2}},
        {"type": "result", "exitCode": 0},
    ]
    found = heard("copilot", "\n".join(map(json.dumps, out)), code=0, err="")
    assert found.text == "mine"
    assert (found.usage.calls, found.usage.prompt_tokens, found.usage.completion_tokens) == (
        1,
        10,
        2,
    )
    assert [(call.result, call.failed) for call in found.trace.tool_calls] == [("denied", True)]


def test_an_exit_code_counts_more_than_a_whole_stream() -> None:
    out = '{"type":"result","subtype":"success","is_error":false,"result":"fine"}'
    with pytest.raises(AgentFailed, match="exit code 3: crashed"):
        heard("claude-code", out, code=3, err="crashed")
    with pytest.raises(AgentFailed, match="exit code 3: it says nothing on standard error"):
        heard("claude-code", out, code=3, err="\n")
