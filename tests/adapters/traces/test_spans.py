from __future__ import annotations

import json
from typing import Any

import pytest

from skillopt.adapters.traces.spans import asked_of, one_span, otlp_spans

ASKED = [{"role": "user", "parts": [{"type": "text", "content": "Ask"}]}]
SAID = [
    {"role": "assistant", "parts": [{"type": "text", "content": "Say"}], "finish_reason": "stop"}
]


def otlp(**attributes: Any) -> dict[str, Any]:
    listed = [{"key": key, "value": value} for key, value in attributes.items()]
    span = {
        "traceId": "5B",
        "spanId": "EE",
        "parentSpanId": "",
        "name": "chat",
        "attributes": listed,
    }
    return {"resourceSpans": [{"resource": {}, "scopeSpans": [{"scope": {}, "spans": [span]}]}]}


ATTRIBUTES = {
    "genai": {
        "gen_ai.operation.name": "chat",
        "gen_ai.input.messages": json.dumps(ASKED),
        "gen_ai.output.messages": json.dumps(SAID),
    },
    "genai, structured": {"gen_ai.input.messages": ASKED, "gen_ai.output.messages": SAID},
    "genai, before 1.37": {
        "gen_ai.prompt": json.dumps([{"role": "user", "content": "Ask"}]),
        "gen_ai.completion": json.dumps([{"role": "assistant", "content": "Say"}]),
    },
    "openllmetry": {
        "gen_ai.prompt.0.role": "user",
        "gen_ai.prompt.0.content": "Ask",
        "gen_ai.completion.0.role": "assistant",
        "gen_ai.completion.0.content": "Say",
    },
    "openinference, flat": {
        "openinference.span.kind": "LLM",
        "llm.input_messages.1.message.role": "user",
        "llm.input_messages.1.message.contents.0.message_content.type": "text",
        "llm.input_messages.1.message.contents.0.message_content.text": "Ask",
        "llm.input_messages.0.message.role": "system",
        "llm.input_messages.0.message.content": "Be brief.",
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.content": "Say",
    },
    "openinference, nested": {
        "llm": {
            "input_messages": [{"message": {"role": "user", "content": "Ask"}}],
            "output_messages": [{"message": {"role": "assistant", "content": "Say"}}],
        },
        "openinference": {"span": {"kind": "LLM"}},
    },
    "openinference, values": {"input.value": "Ask", "output.value": "Say"},
    "openinference, json": {
        "input.value": '{"question": "Ask"}',
        "input.mime_type": "application/json",
        "output.value": '{"answer": "Say"}',
        "output.mime_type": "application/json",
    },
    "mlflow": {
        "mlflow.spanInputs": '{"question": "Ask"}',
        "mlflow.spanOutputs": '"Say"',
        "mlflow.spanType": '"CHAIN"',
    },
    "openllmetry, parts as json": {
        "gen_ai.prompt.0.role": "user",
        "gen_ai.prompt.0.content": '[{"type": "text", "text": "Ask"}]',
        "gen_ai.completion.0.content": "Say",
        "gen_ai.completion.0.role": "assistant",
    },
    "traceloop, a chain": {
        "traceloop.span.kind": "workflow",
        "traceloop.entity.input": '{"inputs": {"question": "Ask"}, "tags": [], "kwargs": {"a": 1}}',
        "traceloop.entity.output": '{"outputs": {"answer": "Say"}, "kwargs": {}}',
    },
    "traceloop, a function": {
        "traceloop.span.kind": "workflow",
        "traceloop.entity.input": '{"args": ["Ask"], "kwargs": {}}',
        "traceloop.entity.output": '"Say"',
    },
    "langfuse": {"langfuse.observation.input": '"Ask"', "langfuse.observation.output": "Say"},
}


@pytest.mark.parametrize("attributes", ATTRIBUTES.values(), ids=ATTRIBUTES)
def test_attributes(attributes: dict[str, Any]) -> None:
    asked = asked_of(one_span({"attributes": attributes}).attributes)
    assert asked == ("Ask", "Say")


@pytest.mark.parametrize("attributes", ATTRIBUTES.values(), ids=ATTRIBUTES)
def test_the_same_as_otlp(attributes: dict[str, Any]) -> None:
    [span] = otlp_spans(otlp(**{key: typed(value) for key, value in attributes.items()}))
    assert asked_of(span.attributes) == ("Ask", "Say")
    assert (span.id, span.trace, span.parent) == ("EE", "5B", None)


def typed(value: Any) -> dict[str, Any]:
    match value:
        case dict():
            return {
                "kvlistValue": {"values": [{"key": k, "value": typed(v)} for k, v in value.items()]}
            }
        case list():
            return {"arrayValue": {"values": [typed(one) for one in value]}}
        case _:
            return {"stringValue": value}


def test_events_of_the_older_conventions() -> None:
    events = [
        {"name": "gen_ai.content.prompt", "attributes": {"gen_ai.prompt": json.dumps([{"role": "user", "content": "Ask"}])}},
        {"name": "gen_ai.content.completion", "attributes": {"gen_ai.completion": json.dumps([{"role": "assistant", "content": "Say"}])}},
    ]  # fmt: skip
    assert asked_of(one_span({"attributes": {}, "events": events}).attributes) == ("Ask", "Say")


@pytest.mark.parametrize(
    "attributes",
    [
        {"openinference.span.kind": "RETRIEVER", "input.value": "x"},
        {"gen_ai.operation.name": "execute_tool", "input.value": "x"},
        {"traceloop.span.kind": "tool", "traceloop.entity.input": "x"},
        {"mlflow.spanType": '"TOOL"', "mlflow.spanInputs": '"x"'},
        {"http.method": "GET"},
    ],
)
def test_spans_that_ask_nothing(attributes: dict[str, Any]) -> None:
    assert asked_of(attributes) is None


def test_a_row_of_a_table_of_spans() -> None:
    row = {
        "context.span_id": "s", "context.trace_id": "t", "parent_id": "p", "span_kind": "LLM",
        "attributes.input.value": "Ask", "attributes.output.value": "Say", "attributes.llm": None,
    }  # fmt: skip
    span = one_span(row)
    assert (span.id, span.trace, span.parent) == ("s", "t", "p")
    assert asked_of(span.attributes) == ("Ask", "Say")


def test_a_context_of_its_own() -> None:
    span = one_span(
        {"context": {"trace_id": "t", "span_id": "s"}, "parent_id": None, "attributes": {}}
    )
    assert (span.id, span.trace, span.parent) == ("s", "t", None)


def test_events_of_a_message_each() -> None:
    span = otlp()["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    said = {"gen_ai.user.message": "Ask", "gen_ai.choice": "Say"}
    span["events"] = [
        {"name": name, "attributes": [{"key": "content", "value": {"stringValue": text}}]}
        for name, text in said.items()
    ]
    assert asked_of(one_span(span).attributes) == ("Ask", "Say")


def test_a_trace_as_tempo_wraps_it() -> None:
    inner = otlp(**{"input.value": {"stringValue": "Ask"}})
    for whole in ({"trace": inner}, {"batches": inner["resourceSpans"]}):
        assert [asked_of(span.attributes) for span in otlp_spans(whole)] == [("Ask", None)]
