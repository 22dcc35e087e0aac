"""What waits for a person is an event: where a run pauses, and where it goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import skillopt
from skillopt.adapters.listeners import OpenTelemetry
from skillopt.adapters.listeners.figures import Report
from skillopt.cli.narrate import lines
from skillopt.core.events import Event, ProposalWaits, RoundDecided, RoundStarted, RunEnded
from skillopt.errors import ApprovalNeeded
from tests.app.one_approval import options
from tests.scripted import SKILL

sdk = pytest.importorskip("opentelemetry.sdk.trace", reason="OpenTelemetry's SDK is missing")
from opentelemetry.sdk.trace.export import SimpleSpanProcessor  # noqa: E402
from opentelemetry.sdk.trace.export.in_memory_span_exporter import (  # noqa: E402
    InMemorySpanExporter,
)


class Heard:
    """All that listeners get."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.report = Report()
        self.spans = InMemorySpanExporter()
        provider = sdk.TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self.spans))
        self.listeners = [self.events.append, self.report.see, OpenTelemetry(provider)]

    def of(self, kind: Any) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def span(self, name: str) -> Any:
        (found,) = [one for one in self.spans.get_finished_spans() if one.name == name]
        return found


def tuned(folder: Path) -> tuple[Heard, str | None]:
    heard, skill = Heard(), folder / "desks"
    given = options(skill, folder / "ledger.db") | {"on_event": heard.listeners}
    try:
        skillopt.tune(**given, events=folder / "events.jsonl")
    except ApprovalNeeded as needed:
        return heard, needed.entry
    return heard, None


def test_listeners_hear_what_waits_and_that_the_run_pauses(tmp_path: Path) -> None:
    (tmp_path / "desks").mkdir()
    (tmp_path / "desks" / "SKILL.md").write_bytes(SKILL.to_bytes())
    for again in (False, True):  # nobody has decided in between: it is said again
        heard, entry = tuned(tmp_path)
        assert entry
        (waits,) = heard.of(ProposalWaits)
        (ended,) = heard.of(RunEnded)
        assert (waits.entry, waits.number, waits.run) == (entry, 1, ended.run)
        assert heard.events.index(waits) > heard.events.index(heard.of(RoundStarted)[0])
        assert ended.waits == entry
        assert len(heard.of(RoundStarted)) == 1, again
        round_, run = heard.span("round 1"), heard.span("invoke_workflow skillopt tune")
        assert [event.attributes["skillopt.entry.id"] for event in round_.events] == [entry]
        assert run.status.is_ok or run.status.description is None
        assert "error.type" not in run.attributes
        assert f"waits for approval: {entry}" in heard.report.text
        assert f"  → waits for approval: proposal {entry}" in lines(waits)
    logged = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    kept = [one for one in logged if one["event"] == "proposal_waits"]
    assert [(one["run"], one["number"], one["entry"]) for one in kept] == 2 * [
        (ended.run, 1, entry)
    ]

    skillopt.approve(entry, by="Ana", ledger=tmp_path / "ledger.db")
    heard, waits_on = tuned(tmp_path)
    assert waits_on is None
    assert not heard.of(ProposalWaits)
    assert [event.number for event in heard.of(RoundStarted)] == [1]
    assert heard.of(RoundDecided)[0].round.approval.person == "Ana"
    assert heard.span("round 1").attributes["skillopt.round.outcome"] == "accepted"
    assert heard.of(RunEnded)[0].waits is None
