"""Traces and observations of Langfuse: its API's pages, its downloads, and exports to a bucket.

An export to a bucket has other spellings (`trace_id`), and inputs and outputs as JSON text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from skillopt.adapters.traces.payloads import decoded
from skillopt.adapters.traces.sides import TOOL, Finding, Origin, PassedOver, find_of

_OTHER_KINDS = {"TOOL", "RETRIEVER", "EMBEDDING", "EVALUATOR", "GUARDRAIL", "EVENT"}
_TRACE = {"projectId", "project_id", "sessionId", "session_id", "bookmarked"}
"""A row of a trace has a timestamp, and some of these."""


def is_langfuse(content: dict[str, Any]) -> bool:
    """Whether a record is a trace, with its observations or without, or an observation."""
    whole = "observations" in content or isinstance(content.get("trace"), dict)
    row = "input" in content and "timestamp" in content and bool(_TRACE & content.keys())
    return whole or row or _is_observation(content)


def langfuse_finds(content: dict[str, Any], origin: Origin) -> Iterator[Finding]:
    """What was asked in a trace; where that has no input, in its observations."""
    if _is_observation(content):
        yield _observation(content, origin)
        return
    inner = content.get("trace")
    head = inner if isinstance(inner, dict) else content
    name = head.get("id")
    if _holds(head.get("input")):
        sides = (decoded(head["input"]), decoded(head.get("output")))
        yield find_of(sides, origin.named(name), trace=name)
        return
    listed = content.get("observations")
    steps = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    for one in steps:
        yield _observation({"traceId": name, **one}, origin)
    if not steps:
        yield PassedOver("trace without an input", origin.named(name))


def _is_observation(content: dict[str, Any]) -> bool:
    named = any(name in content for name in ("traceId", "parentObservationId"))
    return (
        named
        or "parent_observation_id" in content
        or {"trace_id", "type", "input"} <= content.keys()
    )


def _observation(content: dict[str, Any], origin: Origin) -> Finding:
    source = origin.named(content.get("id"))
    if str(content.get("type", "SPAN")).upper() in _OTHER_KINDS:
        return PassedOver(TOOL, source)
    if not _holds(content.get("input")):
        return PassedOver("observation without an input", source)
    return find_of(
        (decoded(content["input"]), decoded(content.get("output"))),
        source,
        trace=_either(content, "traceId", "trace_id"),
        inner=bool(_either(content, "parentObservationId", "parent_observation_id")),
    )


def _either(content: dict[str, Any], *names: str) -> Any:
    return next((content[name] for name in names if content.get(name)), None)


def _holds(value: Any) -> bool:
    return value not in (None, "", [], {})
