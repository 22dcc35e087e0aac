"""What a JSON record is: a chat log's, or an export's of a tracing tool; and what was asked in it.

| format | by |
|---|---|
| LangSmith runs | `run_type` with `inputs` and `outputs` |
| MLflow traces | `info` with `data` |
| OTLP JSON | `resourceSpans` |
| spans, of Phoenix, MLflow or an SDK | `attributes`, or columns `attributes.…` |
| Langfuse traces and observations | `observations`, `traceId`, or `parentObservationId` |
| pages of an API | a list under `data`, `traces`, `runs`, `spans` or `observations` |
| chat logs | `messages`, `conversations`, or a question and an answer by their names |
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from skillopt.adapters.traces.messages import (
    Conversation,
    NotATask,
    conversation,
    is_messages,
)
from skillopt.adapters.traces.payloads import answered_in, asked_in, decoded
from skillopt.adapters.traces.spans import Span, asked_of, one_span, otlp_spans
from skillopt.core.mining.candidate import Found, Skipped

_PAGES = ("data", "traces", "runs", "spans", "items", "observations")
_DEEPEST = 4
_TEXT_KEYS = (
    ("prompt", ("completion", "response", "chosen", "answer", "output")),
    ("input", ("output", "completion", "response", "answer", "ideal", "expected", "target")),
    ("inputs", ("outputs", "output")),
    ("question", ("answer", "response", "output")),
    ("query", ("answer", "response", "output")),
    ("request", ("response",)),
    ("body", ("response",)),
    ("instruction", ("output", "response", "answer")),
)
"""Names of a question, and of its answer."""


class Origin(NamedTuple):
    """Where a record stands."""

    file: str
    line: int

    def named(self, record: Any = None) -> str:
        """File and line, and the record's id where it has one."""
        known = f" ({record})" if isinstance(record, str | int) and str(record).strip() else ""
        return f"{self.file}:{self.line}{known[:80]}"


def finds(content: Any, origin: Origin) -> Iterator[Found | Skipped]:
    """What was asked in a record: one find for a chat, one for each step of a trace."""
    yield from _finds(content, origin, 0)


def _finds(content: Any, origin: Origin, depth: int) -> Iterator[Found | Skipped]:
    if is_messages(content):
        yield _chat({"messages": content}, origin)
    elif not isinstance(content, dict):
        kind = type(content).__name__
        yield Skipped(source=origin.named(), reason=f"a record is an object, not a {kind}")
    elif (trace := _trace(content, origin)) is not None:
        yield from trace
    elif (page := _page(content)) is not None and depth < _DEEPEST:
        for one in page:
            yield from _finds(one, origin, depth + 1)
    else:
        yield _chat(content, origin)


def _trace(content: dict[str, Any], origin: Origin) -> Iterator[Found | Skipped] | None:
    """What a tracing tool has written; None where the record is of none."""
    match content:
        case {"run_type": str(), "inputs": _}:
            return _langsmith(content, origin)
        case {"resourceSpans": list()} | {"resource_spans": list()}:
            return (one for span in otlp_spans(content) for one in _span(span, origin))
        case {"info": dict(), "data": dict()}:
            return _mlflow(content, origin)
        case {"attributes": dict() | list()}:
            return _span(one_span(content), origin)
        case {"traceId": _} | {"parentObservationId": _} | {"observations": _} | {"trace": dict()}:
            return _langfuse(content, origin)
        case _:
            row = any(str(name).startswith("attributes.") for name in content)
            return _span(one_span(content), origin) if row else None


def _page(content: dict[str, Any]) -> list[Any] | None:
    return next((content[name] for name in _PAGES if isinstance(content.get(name), list)), None)


def _langsmith(run: dict[str, Any], origin: Origin) -> Iterator[Found | Skipped]:
    if run["run_type"] not in {"llm", "chain", "prompt"}:
        return
    inner = bool(run.get("parent_run_id") or run.get("parent_run_ids"))
    failed = run.get("error") not in (None, "")
    trace = run.get("trace_id")
    yield _made(
        (decoded(run["inputs"]), None if failed else decoded(run.get("outputs"))),
        origin.named(run.get("id")),
        trace=trace,
        inner=inner,
    )


def _mlflow(trace: dict[str, Any], origin: Origin) -> Iterator[Found | Skipped]:
    info, data = trace["info"], trace["data"]
    named = next((info[k] for k in ("trace_id", "request_id") if isinstance(info.get(k), str)), "")
    spans = data.get("spans")
    if decoded(data.get("request")):
        yield _made(
            (decoded(data["request"]), decoded(data.get("response"))),
            origin.named(named),
            trace=named,
        )
    elif isinstance(spans, list):
        for span in spans:
            if isinstance(span, dict):
                found = one_span(span)._replace(trace=named or None)
                yield from _span(found, origin)


def _span(span: Span, origin: Origin) -> Iterator[Found | Skipped]:
    source = origin.named(span.id)
    try:
        asked = asked_of(span.attributes)
    except NotATask as error:
        yield Skipped(source=source, reason=str(error))
        return
    if asked is not None:
        inner = span.trace is not None and span.parent is not None
        yield Found(
            input=asked.input,
            recorded=asked.recorded,
            source=source,
            trace=span.trace,
            inner=inner,
        )


def _langfuse(content: dict[str, Any], origin: Origin) -> Iterator[Found | Skipped]:
    """A trace with its observations, or an observation alone."""
    if "traceId" in content or "parentObservationId" in content:
        kind = str(content.get("type", "SPAN")).upper()
        if kind not in {"TOOL", "RETRIEVER", "EMBEDDING", "EVALUATOR", "GUARDRAIL", "EVENT"}:
            parent = bool(content.get("parentObservationId"))
            sides = (decoded(content.get("input")), decoded(content.get("output")))
            trace = content.get("traceId")
            yield _made(sides, origin.named(content.get("id")), trace=trace, inner=parent)
        return
    inner = content.get("trace")
    head = inner if isinstance(inner, dict) else content
    if head.get("input") not in (None, "", [], {}):
        sides = (decoded(head["input"]), decoded(head.get("output")))
        yield _made(sides, origin.named(head.get("id")), trace=head.get("id"))
        return
    listed = content.get("observations")
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict):
            yield from _langfuse({"traceId": head.get("id"), **one}, origin)


def _chat(content: dict[str, Any], origin: Origin) -> Found | Skipped:
    named = next((content[name] for name in ("id", "custom_id", "uuid") if content.get(name)), None)
    source = origin.named(named)
    try:
        asked, recorded = _chat_sides(content)
    except NotATask as error:
        return Skipped(source=source, reason=str(error))
    return Found(input=asked.input, recorded=recorded, source=source)


def _chat_sides(content: dict[str, Any]) -> tuple[Conversation, Any]:
    for name in ("messages", "conversations", "conversation", "contents"):
        if is_messages(content.get(name)):
            asked = conversation(content[name])
            answer = next((content[k] for k in ("response", "choices", "output", "completion")
                           if content.get(k)), None)  # fmt: skip
            sides = {"choices": answer} if isinstance(answer, list) else answer
            recorded = answered_in(content if content.get("candidates") else sides)
            return asked, asked.recorded if recorded is None else recorded
    if isinstance(content.get("request"), str):  # a row of MLflow's table of traces
        content = {**content, **{k: decoded(content.get(k)) for k in ("request", "response")}}
    for question, answers in _TEXT_KEYS:
        if content.get(question) not in (None, "", [], {}):
            asked = asked_in(_instructed(content, question))
            answer = next((content[k] for k in answers if content.get(k) is not None), None)
            recorded = answered_in(_body(answer))
            return asked, asked.recorded if recorded is None else recorded
    fields = ", ".join(str(name)[:40] for name in list(content)[:5]) or "none"
    raise NotATask(f"neither messages nor a question among the fields {fields}")


def _instructed(content: dict[str, Any], question: str) -> Any:
    """A question; with an instruction before it (Alpaca), both."""
    instruction, asked = content.get("instruction"), content[question]
    if isinstance(instruction, str) and isinstance(asked, str) and question != "instruction":
        return f"{instruction}\n\n{asked}"
    return asked


def _body(answer: Any) -> Any:
    """A response without the envelope that batches of the OpenAI protocol put around it."""
    inner = answer.get("body") if isinstance(answer, dict) else None
    return inner if isinstance(inner, dict) else answer


def _made(
    sides: tuple[Any, Any], source: str, *, trace: Any, inner: bool = False
) -> Found | Skipped:
    named = trace if isinstance(trace, str) and trace else None
    try:
        asked = asked_in(sides[0])
    except NotATask as error:
        return Skipped(source=source, reason=str(error))
    answer = answered_in(sides[1])
    return Found(
        input=asked.input,
        recorded=asked.recorded if answer is None else answer,
        source=source,
        trace=named,
        inner=inner and named is not None,
    )
