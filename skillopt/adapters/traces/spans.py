"""Spans of OpenTelemetry: its GenAI conventions, OpenInference, Traceloop, MLflow and Langfuse.

Read are OTLP's JSON (`resourceSpans`; Tempo has `batches`, or puts a `trace` around it), and spans
one by one as Phoenix, the SDKs' console exporters and MLflow write them. Attributes are brought to
one form: a flat mapping of dotted names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from skillopt.adapters.traces.messages import answer_of, is_messages
from skillopt.adapters.traces.payloads import answered_in, asked_in, decoded, parts_or_text
from skillopt.adapters.traces.span_events import event_messages

_DEEPEST = 12
_OTHER_KINDS = {
    "TOOL", "RETRIEVER", "EMBEDDING", "RERANKER", "EVALUATOR", "GUARDRAIL", "PARSER",
    "EMBEDDINGS", "EXECUTE_TOOL",
}  # fmt: skip
_KINDS = ("openinference.span.kind", "gen_ai.operation.name", "mlflow.spanType",
          "langfuse.observation.type", "traceloop.span.kind")  # fmt: skip
_INDEXED = re.compile(r"(\d{1,4})\.(?:message\.)?(.+)")


class Span(NamedTuple):
    """A span with its attributes flat."""

    id: str
    trace: str | None
    parent: str | None
    attributes: dict[str, Any]


class Asked(NamedTuple):
    """What a span was asked and answered."""

    input: Any
    recorded: Any


def otlp_spans(content: dict[str, Any]) -> Iterator[Span]:
    """The spans of an OTLP JSON object."""
    wrapped = content.get("trace")
    whole = wrapped if isinstance(wrapped, dict) else content
    for resource in _lists(whole, "resourceSpans", "resource_spans", "batches"):
        for scope in _lists(resource, "scopeSpans", "scope_spans", "instrumentationLibrarySpans"):
            for span in _lists(scope, "spans"):
                yield one_span(span)


def one_span(span: dict[str, Any]) -> Span:
    """A span in any of the spellings."""
    context = span.get("context")
    within = context if isinstance(context, dict) else {}
    names = {**{f"context.{name}": value for name, value in within.items()}, **span}
    attributes: dict[str, Any] = {}
    _flatten(_attributes(span.get("attributes")), "", attributes, 0)
    for name, value in span.items():  # a row of a table: `attributes.input.value`
        if name.startswith("attributes.") and value is not None:
            _flatten(value, name.removeprefix("attributes."), attributes, 0)
    events = [
        (event.get("name"), _attributes(event.get("attributes")))
        for event in _lists(span, "events")
    ]
    for _, fields in events:
        _flatten(fields, "", attributes, 0)
    for name, messages in event_messages(events).items():
        attributes.setdefault(name, messages)
    if isinstance(span.get("span_kind"), str):
        attributes.setdefault("openinference.span.kind", span["span_kind"])
    return Span(
        id=_first(names, "spanId", "span_id", "context.span_id") or "",
        trace=_first(names, "traceId", "trace_id", "context.trace_id"),
        parent=_first(names, "parentSpanId", "parent_span_id", "parent_id"),
        attributes=attributes,
    )


def asked_of(attributes: dict[str, Any]) -> Asked | None:
    """The question and the answer that attributes hold; None for a span that holds none.

    Raises:
        NotATask: there is a question that cannot be a task.
    """
    if is_tool(attributes):
        return None
    sides = [_side(attributes, question) for question in (True, False)]
    if sides[0] is None:
        return None
    asked = asked_in(sides[0])
    recorded = answered_in(sides[1])
    return Asked(asked.input, asked.recorded if recorded is None else recorded)


def is_tool(attributes: dict[str, Any]) -> bool:
    """Whether a span is the work of a tool, a retriever or the like, which asks no question."""
    kinds = (str(attributes.get(name, "")).strip('"').upper() for name in _KINDS)
    return any(kind in _OTHER_KINDS for kind in kinds)


_MESSAGES = {
    True: ("gen_ai.input.messages", "llm.input_messages", "gen_ai.prompt"),
    False: ("gen_ai.output.messages", "llm.output_messages", "gen_ai.completion"),
}
_VALUES = {
    True: (
        "langfuse.trace.input",
        "langfuse.observation.input",
        "mlflow.spanInputs",
        "traceloop.entity.input",
    ),
    False: (
        "langfuse.trace.output",
        "langfuse.observation.output",
        "mlflow.spanOutputs",
        "traceloop.entity.output",
    ),
}


def _side(attributes: dict[str, Any], question: bool) -> Any:  # noqa: FBT001 - one of two sides
    """What stands on one side of a span: messages if there are any, else a value."""
    for name in _MESSAGES[question]:
        listed = decoded(attributes.get(name)) or _indexed(attributes, name)
        if is_messages(listed):
            return listed if question else answer_of(listed)
        if listed:
            return listed
    for name in _VALUES[question]:
        if attributes.get(name) is not None:
            return decoded(attributes[name])
    side = "input" if question else "output"
    value = attributes.get(f"{side}.value")
    json_text = "json" in str(attributes.get(f"{side}.mime_type", ""))
    return decoded(value) if json_text else value


def _indexed(attributes: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Messages that were flattened: `llm.input_messages.0.message.role`."""
    found: dict[int, dict[str, Any]] = {}
    start = f"{name}."
    for key, value in attributes.items():
        match = _INDEXED.fullmatch(key.removeprefix(start)) if key.startswith(start) else None
        if match is None:
            continue
        message = found.setdefault(int(match.group(1)), {})
        field = match.group(2)
        if field.startswith("contents.") and isinstance(value, str):
            if field.endswith(".text"):
                message.setdefault("contents", []).append({"type": "text", "text": value})
        else:
            message[field] = parts_or_text(value) if field == "content" else value
    return [found[number] for number in sorted(found)]


def _attributes(listed: Any) -> dict[str, Any]:
    """OTLP's list of keys and typed values, or a mapping as it is."""
    if isinstance(listed, dict):
        return listed
    if not isinstance(listed, list):
        return {}
    pairs = [one for one in listed if isinstance(one, dict) and isinstance(one.get("key"), str)]
    return {one["key"]: _typed(one.get("value"), 0) for one in pairs}


def _typed(value: Any, depth: int) -> Any:
    if not isinstance(value, dict) or len(value) != 1 or depth > _DEEPEST:
        return value
    (kind, inner), *_ = value.items()
    match kind:
        case "arrayValue" | "array_value":
            return [_typed(one, depth + 1) for one in _lists(inner, "values")]
        case "kvlistValue" | "kvlist_value":
            pairs = _lists(inner, "values")
            return {str(one.get("key")): _typed(one.get("value"), depth + 1) for one in pairs}
        case _:
            return inner


def _flatten(content: Any, name: str, into: dict[str, Any], depth: int) -> None:
    """Dotted names for what is nested, as Phoenix exports it; lists of messages stay whole too."""
    if name:
        into[name] = content
    if depth > _DEEPEST:
        return
    if isinstance(content, dict):
        for key, value in content.items():
            _flatten(value, f"{name}.{key}" if name else str(key), into, depth + 1)


def _lists(content: Any, *names: str) -> list[dict[str, Any]]:
    """The objects in the first list under one of ``names``."""
    if not isinstance(content, dict):
        return []
    for name in names:
        listed = content.get(name)
        if isinstance(listed, list):
            return [one for one in listed if isinstance(one, dict)]
    return []


def _first(fields: dict[str, Any], *names: str) -> str | None:
    return next(
        (fields[name] for name in names if isinstance(fields.get(name), str) and fields[name]), None
    )
