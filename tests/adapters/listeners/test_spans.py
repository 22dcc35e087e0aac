"""The spans of a run, as an exporter of OpenTelemetry's SDK gets them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from skillopt.adapters.listeners import OpenTelemetry
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.events import ModelCalled, RolloutDone, RolloutStarted, RunEnded, RunStarted
from tests.adapters.listeners.runs import practised

sdk = pytest.importorskip(
    "opentelemetry.sdk.trace", reason="OpenTelemetry's SDK is missing: pip install -e '.[dev]'"
)
from opentelemetry.sdk.trace import ReadableSpan  # noqa: E402
from opentelemetry.sdk.trace.export import SimpleSpanProcessor  # noqa: E402
from opentelemetry.sdk.trace.export.in_memory_span_exporter import (  # noqa: E402
    InMemorySpanExporter,
)
from opentelemetry.trace import SpanKind, StatusCode  # noqa: E402

CONTENT = ("messages", "instructions")
STARTED = RunStarted(run="r", skill="desks", resumed=False, rounds_done=0)


def exported() -> tuple[InMemorySpanExporter, OpenTelemetry]:
    exporter = InMemorySpanExporter()
    provider = sdk.TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return exporter, OpenTelemetry(provider)


def parents(spans: tuple[ReadableSpan, ...]) -> dict[str, set[str | None]]:
    """The names of each kind of span's parents; a kind is the first word of a name."""
    names = {span.context.span_id: span.name for span in spans}
    found: dict[str, set[str | None]] = {}
    for span in spans:
        above = names[span.parent.span_id].split()[0] if span.parent else None
        found.setdefault(span.name.split()[0], set()).add(above)
    return found


async def test_a_run_is_a_tree_of_spans(tmp_path: Path) -> None:
    exporter, listener = exported()
    run = await practised(tmp_path, listener)
    spans = exporter.get_finished_spans()
    above = parents(spans)
    assert above["invoke_workflow"] == {None}
    assert above["round"] == {"invoke_workflow"}
    assert above["invoke_agent"] == {"invoke_workflow", "round"}
    assert above["chat"] == {"round", "invoke_agent"}
    (root,) = [span for span in spans if span.parent is None]
    assert root.name == "invoke_workflow skillopt tune"
    assert root.attributes is not None
    assert root.attributes["gen_ai.operation.name"] == "invoke_workflow"
    assert root.attributes["skillopt.run.id"] == run.record.id
    assert root.status.status_code is StatusCode.UNSET
    rounds = [span for span in spans if span.name.startswith("round ")]
    assert [span.attributes and span.attributes["skillopt.round.outcome"] for span in rounds] == [
        round_.decision.kind for round_ in run.rounds
    ]
    calls = [span for span in spans if span.name.startswith("chat ")]
    named = [span.attributes or {} for span in calls]
    assert sum(int(str(one["gen_ai.usage.input_tokens"])) for one in named) == (
        run.usage.prompt_tokens
    )
    assert sum(int(str(one["gen_ai.usage.output_tokens"])) for one in named) == (
        run.usage.completion_tokens
    )
    assert len(calls) == run.usage.calls
    for span, one in zip(calls, named, strict=True):
        assert span.kind is SpanKind.CLIENT
        assert one["gen_ai.operation.name"] == "chat"
        assert one["gen_ai.provider.name"] == "practice"
        assert span.name == f"chat {one['gen_ai.request.model']}"
    roles = Counter(one["skillopt.role"] for one in named)
    assert set(roles) == {"target", "optimizer"}
    assert {span.context.trace_id for span in spans} == {root.context.trace_id}
    sentence = max(run.skill.text.splitlines(), key=len)
    for span in spans:
        assert sentence not in span.to_json(), "no text is recorded"
        assert not any(word in name for name in span.attributes or {} for word in CONTENT)


def test_a_rollout_has_its_score_and_times_of_its_own() -> None:
    exporter, listener = exported()
    at = {"run": "r", "task": "t", "trial": 1, "version": "v", "split": "train"}
    listener(STARTED)
    listener(RolloutStarted(**at))
    usage = Usage(calls=1, prompt_tokens=7, completion_tokens=3)
    call = {"model": "azure/gpt", "usage": usage, "seconds": 2.0, "role": "target"}
    listener(ModelCalled(**at, **call, error="429"))
    listener(RolloutDone(**at, score=0.5, usage=usage))
    listener(RunEnded(run="r"))
    called, rollout, _ = exporter.get_finished_spans()
    assert called.parent is not None
    assert called.parent.span_id == rollout.context.span_id
    assert called.end_time is not None
    assert called.start_time is not None
    assert called.end_time - called.start_time == 2_000_000_000
    assert called.attributes is not None
    assert called.attributes["gen_ai.provider.name"] == "azure.ai.openai"
    assert called.attributes["error.type"] == "429"
    assert called.status.status_code is StatusCode.ERROR
    (event,) = rollout.events
    assert event.name == "gen_ai.evaluation.result"
    assert dict(event.attributes or {}) == {
        "gen_ai.evaluation.name": "score",
        "gen_ai.evaluation.score.value": 0.5,
        "gen_ai.evaluation.score.label": "fail",
    }
    assert rollout.attributes is not None
    assert rollout.attributes["skillopt.task.id"] == "t"
    assert rollout.attributes["skillopt.trial"] == 1


def test_what_was_under_way_ends_with_the_run() -> None:
    exporter, listener = exported()
    listener(STARTED)
    listener(RolloutStarted(run="r", task="t", trial=0, version="v", split="train"))
    listener(RunEnded(run="r", error="cancelled"))
    rollout, run = exporter.get_finished_spans()
    for span, kind in ((rollout, "unfinished"), (run, "cancelled")):
        assert span.attributes is not None
        assert span.attributes["error.type"] == kind
        assert span.status.status_code is StatusCode.ERROR


def test_the_run_is_a_child_of_the_span_around_it() -> None:
    exporter, listener = exported()
    provider = listener._provider
    assert provider is not None
    with provider.get_tracer("mine").start_as_current_span("nightly"):
        listener(STARTED)
        listener(RunEnded(run="r"))
    run, mine = exporter.get_finished_spans()
    assert run.parent is not None
    assert run.parent.span_id == mine.context.span_id
