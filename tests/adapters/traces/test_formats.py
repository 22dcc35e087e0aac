from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.traces.formats import finds
from skillopt.adapters.traces.sides import Origin, PassedOver
from skillopt.core.mining.candidate import Found, Skipped

ORIGIN = Origin("log.jsonl", 7)
TALK = [{"role": "user", "content": "Ask"}, {"role": "assistant", "content": "Say"}]

RECORDS: dict[str, Any] = {
    "messages": {"messages": TALK},
    "a bare list of messages": TALK,
    "messages and a response": {"messages": TALK[:1], "choices": [{"message": TALK[1]}]},
    "request and response": {"request": {"messages": TALK[:1]}, "response": {"choices": [{"message": TALK[1]}]}},
    "batch": {"custom_id": "r1", "body": {"messages": TALK[:1]}, "response": {"body": {"choices": [{"message": TALK[1]}]}}},
    "prompt": {"prompt": "Ask", "completion": "Say"},
    "input": {"input": "Ask", "output": "Say"},
    "inputs": {"inputs": {"question": "Ask"}, "outputs": {"answer": "Say"}},
    "evals": {"input": TALK[:1], "ideal": "Say"},
    "sharegpt": {"id": "c1", "conversations": [{"from": "human", "value": "Ask"}, {"from": "gpt", "value": "Say"}]},
    "alpaca": {"instruction": "Ask", "input": "", "output": "Say"},
    "langsmith": {
        "id": "r", "trace_id": "r", "run_type": "chain", "parent_run_id": None,
        "inputs": {"question": "Ask"}, "outputs": {"output": "Say"},
    },
    "langfuse trace": {"id": "t", "timestamp": "x", "input": "Ask", "output": "Say", "observations": []},
    "langfuse download": {"trace": {"id": "t", "input": {"messages": TALK[:1]}, "output": "Say"}, "observations": []},
    "langfuse observation": {"id": "o", "traceId": "t", "type": "GENERATION", "parentObservationId": None, "input": TALK[:1], "output": TALK[1:]},
    "mlflow 2": {"info": {"request_id": "m"}, "data": {"request": '{"question": "Ask"}', "response": '"Say"', "spans": []}},
    "mlflow 3": {
        "info": {"trace_id": "tr-1"},
        "data": {"spans": [{"trace_id": "x", "span_id": "y", "parent_span_id": None, "attributes": {"mlflow.spanInputs": '{"question": "Ask"}', "mlflow.spanOutputs": '"Say"'}}]},
    },
    "a list of records": [{"prompt": "Ask", "completion": "Say"}],
    "a call": {"input": {"args": ["Ask"], "kwargs": {}}, "output": "Say"},
    "dataset item": {"id": "d", "input": {"question": "Ask"}, "expectedOutput": "Say"},
    "tempo": {"batches": [{"scopeSpans": [{"spans": [{"attributes": [{"key": "input.value", "value": {"stringValue": "Ask"}}, {"key": "output.value", "value": {"stringValue": "Say"}}]}]}]}]},
    "chatgpt account": {
        "title": "x", "current_node": "b",
        "mapping": {
            "a": {"message": {"author": {"role": "user"}, "content": {"content_type": "text", "parts": ["Ask"]}}},
            "b": {"parent": "a", "message": {"author": {"role": "assistant"}, "content": {"content_type": "text", "parts": ["Say"]}}},
        },
    },
    "claude account": {"uuid": "u", "chat_messages": [{"sender": "human", "text": "Ask"}, {"sender": "assistant", "text": "Say"}]},
    "phoenix": {"data": [{"id": "s", "context": {"trace_id": "t", "span_id": "s"}, "parent_id": None, "span_kind": "LLM", "attributes": {"input.value": "Ask", "output.value": "Say"}}]},
}  # fmt: skip


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_formats(record: Any) -> None:
    [one] = finds(record, ORIGIN)
    assert isinstance(one, Found), one
    assert (one.input, one.recorded, one.inner) == ("Ask", "Say", False)
    assert one.source.startswith("log.jsonl:7")


def test_the_source_names_the_record() -> None:
    [one] = finds(RECORDS["langsmith"], ORIGIN)
    assert one.source == "log.jsonl:7 (r)"
    assert Origin("a", 1).named("x" * 500) == f"a:1 ({'x' * 500}"[: 4 + 79]


def test_an_instruction_stands_before_its_input() -> None:
    [one] = finds({"instruction": "Sort it.", "input": "b a", "output": "a b"}, ORIGIN)
    assert isinstance(one, Found)
    assert one.input == "Sort it.\n\nb a"


def test_steps_of_a_trace_are_inner_and_tools_are_nothing() -> None:
    step = {**RECORDS["langsmith"], "id": "s", "run_type": "llm", "parent_run_id": "r"}
    tool = {**RECORDS["langsmith"], "id": "u", "run_type": "tool", "parent_run_id": "r"}
    found = [one for run in (RECORDS["langsmith"], step, tool) for one in finds(run, ORIGIN)]
    assert [(one.trace, one.inner) for one in found if isinstance(one, Found)] == [
        ("r", False),
        ("r", True),
    ]


def test_a_failed_run_has_no_answer() -> None:
    [one] = finds({**RECORDS["langsmith"], "error": "boom"}, ORIGIN)
    assert isinstance(one, Found)
    assert one.recorded is None


def test_observations_stand_in_for_a_trace_without_input() -> None:
    trace = {"id": "t", "input": None, "observations": [
        {"id": "a", "type": "SPAN", "parentObservationId": None, "input": "Ask", "output": "Say"},
        {"id": "b", "type": "GENERATION", "parentObservationId": "a", "input": TALK[:1]},
        {"id": "c", "type": "TOOL", "parentObservationId": "a", "input": "x"},
    ]}  # fmt: skip
    found = [one for one in finds(trace, ORIGIN) if isinstance(one, Found)]
    assert [(one.trace, one.inner) for one in found] == [("t", False), ("t", True)]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (7, "a record is an object, not a int"),
        ([1], "not a list"),
        ({}, "among the fields none"),
        ({"level": "info", "msg": "x"}, "among the fields level, msg"),
        ({"messages": [{"role": "user", "content": [{"type": "image"}]}]}, "'image'"),
        ({"run_type": "llm", "inputs": {"a": 1, "b": 2}}, "no question among the fields a, b"),
    ],
)
def test_a_record_that_is_no_task_says_why(record: Any, reason: str) -> None:
    [one] = finds(record, ORIGIN)
    assert isinstance(one, Skipped)
    assert reason in one.reason


NAMES = [
    "run_type", "inputs", "outputs", "resourceSpans", "scopeSpans", "spans", "attributes", "info",
    "data", "traceId", "observations", "trace", "messages", "role", "content", "prompt", "input",
    "output", "key", "value", "events", "context", "gen_ai.prompt", "input.value", "generations",
    "choices", "llm.input_messages", "stringValue", "kvlistValue", "values", "id", "parent_run_id",
    "attributes.input.value", "conversations", "mapping", "current_node", "parent", "children",
    "author", "content_type", "parts", "metadata", "chat_messages", "sender", "name", "batches",
    "args", "kwargs", "trace_id", "parent_observation_id", "timestamp", "projectId", "text",
    "gen_ai.event.content", "traceloop.entity.input", "gen_ai.prompt.0.content", "index", "request", "response", "message", "type",
]  # fmt: skip
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
    | st.sampled_from(["user", "llm", "assistant", "text", '{"a": 1}']),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=16,
)  # fmt: skip


@given(ODD)
def test_records_of_wrong_types_never_break_the_search(record: Any) -> None:
    found = list(finds(record, ORIGIN))
    assert found, "a record is never dropped in silence"
    assert all(isinstance(one, Found | Skipped | PassedOver) for one in found)


@given(st.sampled_from(list(RECORDS.values())), st.data())
def test_a_record_with_one_field_of_a_wrong_type(record: Any, data: Any) -> None:
    if isinstance(record, dict):
        name = data.draw(st.sampled_from(sorted(record)))
        record = {**record, name: data.draw(ODD)}
    found = list(finds(record, ORIGIN))
    assert found
    assert all(isinstance(one, Found | Skipped | PassedOver) for one in found)


def recorded(record: Any) -> tuple[Any, Any]:
    """What was asked and answered in a record of one find."""
    [one] = finds(record, Origin("log.jsonl", 1))
    assert isinstance(one, Found), one
    return one.input, one.recorded


def test_sides_that_were_stored_as_json_text_are_read() -> None:
    run = {"run_type": "chain", "inputs": '{"input": "Why?"}', "outputs": '{"output": "So."}'}
    assert recorded(run) == ("Why?", "So.")
    row = {"trace_id": "tr-1", "request": '{"question": "Why?"}', "response": '"So."'}
    assert recorded(row) == ("Why?", "So.")


def test_results_of_tools_are_no_questions_of_the_user() -> None:
    messages = [
        {"role": "user", "content": "Where is it?"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "find"}]},
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "t", "content": "Rome"}],
        },
        {"role": "assistant", "content": [{"type": "text", "text": "In Rome."}]},
    ]
    assert recorded({"messages": messages}) == ("Where is it?", "In Rome.")
    assert isinstance(next(iter(finds({"messages": messages[2:]}, Origin("a", 1)))), Skipped)


def test_contents_and_candidates_of_gemini() -> None:
    asked = [
        {"role": "user", "parts": [{"text": "Where is it?"}]},
        {"role": "model", "parts": [{"functionCall": {"name": "find", "args": {}}}]},
        {"role": "user", "parts": [{"functionResponse": {"name": "find", "response": {}}}]},
    ]
    said = [{"content": {"parts": [{"text": "In Rome."}]}, "finishReason": "STOP"}]
    assert recorded({"contents": asked, "candidates": said}) == ("Where is it?", "In Rome.")
    batch = {"request": {"contents": asked}, "response": {"candidates": said}}
    assert recorded(batch) == ("Where is it?", "In Rome.")


def test_what_asks_nothing_is_passed_over_by_name() -> None:
    span = {"spanId": "s", "attributes": {"http.method": "GET"}}
    tool = {"spanId": "s", "attributes": {"openinference.span.kind": "TOOL", "input.value": "x"}}
    assert list(finds(span, ORIGIN)) == [
        PassedOver("span without a question", "log.jsonl:7 (s)", ("http.method",))
    ]
    [step] = finds(tool, ORIGIN)
    assert isinstance(step, PassedOver)
    assert step.what == "step of a tool, a retriever or the like"
    [empty] = finds({"resourceSpans": []}, ORIGIN)
    assert empty == PassedOver("record without a step", "log.jsonl:7", ("resourceSpans",))
