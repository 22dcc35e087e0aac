"""A run as OpenTelemetry spans: the run, its rounds, rollouts, and model calls.

Names follow the semantic conventions for generative AI as they stood in the repository
`open-telemetry/semantic-conventions-genai`, commit 002c8a6 (status: development); what these do not
name begins with `skillopt.`. No message, answer or skill text is recorded.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from skillopt.core.events import (
    Event,
    ModelCalled,
    ProposalWaits,
    RolloutDone,
    RolloutStarted,
    RoundDecided,
    RoundStarted,
    RunEnded,
    RunStarted,
    Stopped,
)

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer, TracerProvider

_PROVIDERS = {
    "azure": "azure.ai.openai",
    "azure_ai": "azure.ai.inference",
    "bedrock": "aws.bedrock",
    "bedrock_converse": "aws.bedrock",
    "gemini": "gcp.gemini",
    "mistral": "mistral_ai",
    "moonshot": "moonshot_ai",
    "vertex_ai": "gcp.vertex_ai",
    "watsonx": "ibm.watsonx.ai",
    "xai": "x_ai",
}
"""The conventions' names of LiteLLM's providers; others have the same name in both."""

_Rollout = tuple[str, str, int | None, str]


class OpenTelemetry:
    """Makes spans with the tracer provider that the program has set up, or with ``provider``.

    Without a provider (the SDK's, or a vendor's) nothing is recorded. The run's span is a child of
    the span that is current when the run begins.

    Args:
        provider: by default the global one.
    """

    def __init__(self, provider: TracerProvider | None = None) -> None:
        self._provider = provider
        self._tracer: Tracer | None = None
        self._run: Span | None = None
        self._round: Span | None = None
        self._rollouts: dict[_Rollout, Span] = {}
        self._skill = ""

    def __call__(self, event: Event) -> None:
        """Begin or end the span that the event belongs to."""
        match event:
            case RunStarted():
                self._end_all(None)
                self._start_run(event)
            case RoundStarted():
                self._end_round()
                self._round = self._span(
                    f"round {event.number}", {"skillopt.round.number": event.number}
                )
            case ProposalWaits() | RoundDecided() if self._round is not None:
                self._in_round(event, self._round)
            case RolloutStarted():
                self._start_rollout(event)
            case RolloutDone():
                self._end_rollout(event)
            case ModelCalled():
                self._called(event)
            case Stopped():
                self._end_round()
                if self._run is not None:
                    self._run.set_attribute("skillopt.run.stopped_by", event.reason)
            case RunEnded():
                self._end_all(event.error if event.waits is None else None)
            case _:
                pass

    def _start_run(self, event: RunStarted) -> None:
        workflow = f"skillopt {event.kind}"
        self._skill = event.skill
        more = {}
        if event.record is not None:
            more = {"skillopt.skill.version": event.record.first}
        self._run = self._span(
            f"invoke_workflow {workflow}",
            {
                "gen_ai.operation.name": "invoke_workflow",
                "gen_ai.workflow.name": workflow,
                "skillopt.run.id": event.run,
                "skillopt.run.resumed": event.resumed,
                "skillopt.skill.name": event.skill,
                **more,
            },
        )

    def _in_round(self, event: ProposalWaits | RoundDecided, round_: Span) -> None:
        if isinstance(event, ProposalWaits):
            round_.set_attribute("skillopt.round.outcome", "waits")
            round_.add_event("skillopt.proposal.waits", {"skillopt.entry.id": event.entry})
            return
        decision = event.round.decision
        round_.set_attribute("skillopt.round.outcome", decision.kind)
        verdict = decision.verdict
        if verdict is not None and verdict.gain is not None:
            round_.set_attribute("skillopt.round.gain", verdict.gain)
        self._end_round()

    def _start_rollout(self, event: RolloutStarted) -> None:
        attributes = {
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.agent.name": self._skill,
            "skillopt.run.id": event.run,
            "skillopt.task.id": event.task,
            "skillopt.trial": event.trial or 0,
            "skillopt.skill.version": event.version,
            "skillopt.split": event.split or "",
        }
        self._rollouts[_key(event)] = self._span(f"invoke_agent {self._skill}", attributes)

    def _end_rollout(self, event: RolloutDone) -> None:
        span = self._rollouts.pop(_key(event), None)
        if span is None:
            return
        span.set_attribute("gen_ai.usage.input_tokens", event.usage.prompt_tokens)
        span.set_attribute("gen_ai.usage.output_tokens", event.usage.completion_tokens)
        if event.score is not None:
            label = "pass" if event.score >= 1 else "fail"
            result: dict[str, str | float] = {
                "gen_ai.evaluation.name": "score",
                "gen_ai.evaluation.score.value": event.score,
                "gen_ai.evaluation.score.label": label,
            }
            span.add_event("gen_ai.evaluation.result", result)
        if event.error is None:
            _end(span, None)
        elif event.score is None:
            _end(span, "no outcome", kind="missing")
        else:
            _end(span, "the target failed", kind="target_failed")

    def _called(self, event: ModelCalled) -> None:
        from opentelemetry.trace import SpanKind

        provider, _, rest = event.model.partition("/")
        model = rest or event.model
        attributes: dict[str, Any] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": _PROVIDERS.get(provider, provider if rest else "_OTHER"),
            "gen_ai.request.model": model,
            "gen_ai.usage.input_tokens": event.usage.prompt_tokens,
            "gen_ai.usage.output_tokens": event.usage.completion_tokens,
            "skillopt.run.id": event.run,
        }
        if event.role is not None:
            attributes["skillopt.role"] = event.role
        if event.ending is not None:
            ending = event.ending.value
            attributes["gen_ai.response.finish_reasons"] = [_FINISHED.get(ending, ending)]
        ended = time.time_ns()
        span = self._span(
            f"chat {model}",
            attributes,
            parent=self._rollouts.get(_key(event)),
            kind=SpanKind.CLIENT,
            started=ended - int(event.seconds * 1e9),
        )
        _end(span, event.error, kind=event.error, at=ended)

    def _span(
        self,
        name: str,
        attributes: dict[str, Any],
        *,
        parent: Span | None = None,
        kind: Any = None,
        started: int | None = None,
    ) -> Span:
        from opentelemetry import trace

        if self._tracer is None:
            from importlib.metadata import version

            provider = self._provider or trace.get_tracer_provider()
            self._tracer = provider.get_tracer("skillopt", version("skillopt-ledger"))
        above = parent or self._round or self._run
        return self._tracer.start_span(
            name,
            context=None if above is None else trace.set_span_in_context(above),
            kind=kind or trace.SpanKind.INTERNAL,
            attributes=attributes,
            start_time=started,
        )

    def _end_round(self) -> None:
        if self._round is not None:
            self._round.end()
            self._round = None

    def _end_all(self, error: str | None) -> None:
        for span in self._rollouts.values():
            _end(span, error or "not finished", kind="unfinished")
        self._rollouts.clear()
        self._end_round()
        if self._run is not None:
            _end(self._run, error, kind="cancelled" if error == "cancelled" else "run_failed")
            self._run = None


_FINISHED = {"complete": "stop", "cut": "length", "filtered": "content_filter"}
"""What providers call the ends of an answer."""


def _key(event: RolloutStarted | RolloutDone | ModelCalled) -> _Rollout:
    return event.run, event.task, event.trial, event.version


def _end(span: Span, error: str | None, *, kind: str | None = None, at: int | None = None) -> None:
    from opentelemetry.trace import Status, StatusCode

    if error is not None:
        span.set_attribute("error.type", kind or "_OTHER")
        span.set_status(Status(StatusCode.ERROR, error))
    span.end(end_time=at)
