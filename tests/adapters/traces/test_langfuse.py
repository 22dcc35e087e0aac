from __future__ import annotations

import json
from typing import Any

import pytest

from skillopt.adapters.traces.langfuse import is_langfuse, langfuse_finds
from skillopt.adapters.traces.sides import Origin, PassedOver
from skillopt.core.mining.candidate import Found

ORIGIN = Origin("x.jsonl", 1)
TALK = [{"role": "user", "content": "Ask"}]
IN_A_BUCKET = {
    "id": "o", "trace_id": "t", "type": "GENERATION", "parent_observation_id": "p",
    "input": json.dumps(TALK), "output": json.dumps({"role": "assistant", "content": "Say"}),
}  # fmt: skip


def test_an_observation_of_an_export_to_a_bucket() -> None:
    assert is_langfuse(IN_A_BUCKET)
    [one] = langfuse_finds(IN_A_BUCKET, ORIGIN)
    assert one == Found(input="Ask", recorded="Say", source="x.jsonl:1 (o)", trace="t", inner=True)


def test_a_trace_of_an_export_to_a_bucket() -> None:
    row = {
        "id": "t", "timestamp": "2026-01-01", "project_id": "p", "session_id": None,
        "input": json.dumps({"messages": TALK}), "output": json.dumps("Say"),
    }  # fmt: skip
    assert is_langfuse(row)
    [one] = langfuse_finds(row, ORIGIN)
    assert one == Found(input="Ask", recorded="Say", source="x.jsonl:1 (t)", trace="t")


def test_arguments_of_a_decorated_function() -> None:
    row = {"traceId": "t", "input": {"args": [], "kwargs": {"query": "Ask"}}, "output": "Say"}
    [one] = langfuse_finds(row, ORIGIN)
    assert isinstance(one, Found)
    assert (one.input, one.recorded) == ("Ask", "Say")


@pytest.mark.parametrize(
    ("record", "what"),
    [
        ({"traceId": "t", "type": "TOOL", "input": "x"}, "step of a tool, a retriever or the like"),
        ({"traceId": "t", "type": "SPAN", "input": None}, "observation without an input"),
        ({"id": "t", "observations": []}, "trace without an input"),
        ({"id": "t", "observations": ["o1", "o2"]}, "trace without an input"),
        ({"trace": {}, "observations": None}, "trace without an input"),
    ],
)
def test_what_asks_nothing(record: dict[str, Any], what: str) -> None:
    assert is_langfuse(record)
    [one] = langfuse_finds(record, ORIGIN)
    assert isinstance(one, PassedOver)
    assert one.what == what


@pytest.mark.parametrize(
    "record",
    [
        {"input": "Ask", "output": "Say"},
        {"timestamp": "x", "input": "Ask"},
        {"trace_id": "t", "request": "Ask"},
    ],
)
def test_other_records(record: dict[str, Any]) -> None:
    assert not is_langfuse(record)
