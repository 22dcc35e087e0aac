"""What a JSON record is: a chat log's, or an export's of a tracing tool; and what was asked in it.

| format | by |
|---|---|
| LangSmith runs | `run_type` with `inputs` and `outputs` |
| MLflow traces | `info` with `data` |
| OTLP JSON | `resourceSpans`, or `batches` |
| spans, of Phoenix, MLflow or an SDK | `attributes`, or columns `attributes.…` |
| Langfuse traces and observations | `observations`, `traceId`, or `parentObservationId` |
| accounts of ChatGPT and Claude | `mapping`, `chat_messages` |
| pages of an API | a list under `data`, `traces`, `runs`, `spans` or `observations` |
| chat logs | `messages`, `conversations`, or a question and an answer by their names |
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from skillopt.adapters.traces.chatgpt import chatgpt_messages, is_chatgpt
from skillopt.adapters.traces.claude_account import claude_account_messages, is_claude_account
from skillopt.adapters.traces.langfuse import is_langfuse, langfuse_finds
from skillopt.adapters.traces.messages import (
    Conversation,
    NotATask,
    conversation,
    is_messages,
)
from skillopt.adapters.traces.payloads import answered_in, asked_in, decoded
from skillopt.adapters.traces.sides import (
    TOOL,
    Finding,
    Origin,
    PassedOver,
    find_of,
    named_fields,
)
from skillopt.adapters.traces.spans import Span, asked_of, is_tool, one_span, otlp_spans
from skillopt.core.mining.candidate import Found, Skipped

_PAGES = ("data", "traces", "runs", "spans", "items", "observations")
_DEEPEST = 4
_TEXT_KEYS = (
    ("prompt", ("completion", "response", "chosen", "answer", "output")),
    (
        "input",
        (
            "output",
            "completion",
            "response",
            "answer",
            "ideal",
            "expected",
            "target",
            "expectedOutput",
            "expected_output",
        ),
    ),
    ("inputs", ("outputs", "output")),
    ("question", ("answer", "response", "output")),
    ("query", ("answer", "response", "output")),
    ("request", ("response",)),
    ("body", ("response",)),
    ("instruction", ("output", "response", "answer")),
)
"""Names of a question, and of its answer."""


def finds(content: Any, origin: Origin) -> Iterator[Finding]:
    """What was asked in a record, in a trace one find for each step; never nothing."""
    empty = True
    for one in _finds(content, origin, 0):
        empty = False
        yield one
    if empty:
        fields = named_fields(content) if isinstance(content, dict) else ()
        yield PassedOver("record without a step", origin.named(), fields)


def _finds(content: Any, origin: Origin, depth: int) -> Iterator[Finding]:
    if is_messages(content):
        yield _chat({"messages": content}, origin)
    elif isinstance(content, dict) and (trace := _trace(content, origin)) is not None:
        yield from trace
    elif depth < _DEEPEST and (page := _page(content)) is not None:
        for one in page:
            yield from _finds(one, origin, depth + 1)
    elif isinstance(content, dict):
        yield _chat(content, origin)
    else:
        kind = type(content).__name__
        yield Skipped(source=origin.named(), reason=f"a record is an object, not a {kind}")


def _trace(content: dict[str, Any], origin: Origin) -> Iterator[Finding] | None:
    """What a tracing tool has written; None where the record is of none."""
    match content:
        case {"run_type": str(), "inputs": _}:
            return _langsmith(content, origin)
        case (
            {"resourceSpans": list()}
            | {"resource_spans": list()}
            | {"batches": list()}
            | {"trace": {"resourceSpans": list()}}
        ):
            return (one for span in otlp_spans(content) for one in _span(span, origin))
        case {"info": dict(), "data": dict()}:
            return _mlflow(content, origin)
        case {"attributes": dict() | list()}:
            return _span(one_span(content), origin)
        case _ if any(str(name).startswith("attributes.") for name in content):
            return _span(one_span(content), origin)
        case _:
            return langfuse_finds(content, origin) if is_langfuse(content) else None


def _page(content: Any) -> list[Any] | None:
    """The records in a list of them, or in a page of an API."""
    if isinstance(content, list):
        return content if any(isinstance(one, dict | list) for one in content) else None
    if not isinstance(content, dict):
        return None
    return next((content[name] for name in _PAGES if isinstance(content.get(name), list)), None)


def _langsmith(run: dict[str, Any], origin: Origin) -> Iterator[Finding]:
    if run["run_type"] not in {"llm", "chain", "prompt"}:
        yield PassedOver(TOOL, origin.named(run.get("id")))
        return
    inner = bool(run.get("parent_run_id") or run.get("parent_run_ids"))
    failed = run.get("error") not in (None, "")
    trace = run.get("trace_id")
    yield find_of(
        (decoded(run["inputs"]), None if failed else decoded(run.get("outputs"))),
        origin.named(run.get("id")),
        trace=trace,
        inner=inner,
    )


def _mlflow(trace: dict[str, Any], origin: Origin) -> Iterator[Finding]:
    info, data = trace["info"], trace["data"]
    named = next((info[k] for k in ("trace_id", "request_id") if isinstance(info.get(k), str)), "")
    spans = data.get("spans")
    if decoded(data.get("request")):
        yield find_of(
            (decoded(data["request"]), decoded(data.get("response"))),
            origin.named(named),
            trace=named,
        )
    elif isinstance(spans, list):
        for span in spans:
            if isinstance(span, dict):
                found = one_span(span)._replace(trace=named or None)
                yield from _span(found, origin)


def _span(span: Span, origin: Origin) -> Iterator[Finding]:
    source = origin.named(span.id)
    try:
        asked = asked_of(span.attributes)
    except NotATask as error:
        yield Skipped(source=source, reason=str(error))
        return
    if asked is None:
        what = TOOL if is_tool(span.attributes) else "span without a question"
        yield PassedOver(what, source, named_fields(span.attributes))
    else:
        inner = span.trace is not None and span.parent is not None
        yield Found(
            input=asked.input,
            recorded=asked.recorded,
            source=source,
            trace=span.trace,
            inner=inner,
        )


def _chat(content: dict[str, Any], origin: Origin) -> Found | Skipped:
    named = next((content[name] for name in ("id", "custom_id", "uuid") if content.get(name)), None)
    source = origin.named(named)
    try:
        asked, recorded = _chat_sides(content)
    except NotATask as error:
        return Skipped(source=source, reason=str(error))
    return Found(input=asked.input, recorded=recorded, source=source)


def _chat_sides(content: dict[str, Any]) -> tuple[Conversation, Any]:
    if is_chatgpt(content):
        return _account(chatgpt_messages(content))
    if is_claude_account(content):
        return _account(claude_account_messages(content))
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
    fields = ", ".join(named_fields(content)) or "none"
    raise NotATask(f"neither messages nor a question among the fields {fields}")


def _account(messages: list[dict[str, Any]]) -> tuple[Conversation, Any]:
    asked = conversation(messages)
    return asked, asked.recorded


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
