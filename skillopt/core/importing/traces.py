"""Traces among records: MLflow's with expectations are records of an evaluation dataset.

Follows MLflow 3.18: `Trace.to_json`, and the columns of `search_traces`. What an application has
answered is no expected answer.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from typing import Any

from skillopt.core.importing.fields import Unreadable
from skillopt.core.importing.values import Fields

_MINE = (
    "these are traces without expectations: they say what an application has answered, not what "
    "is right; draft tasks from them with `skillopt mine`"
)
_LONGEST_CELL = 100_000


def is_trace(record: Any) -> bool:
    """Whether a record is a run of LangSmith, a trace of MLflow, or spans of OpenTelemetry."""
    if not isinstance(record, Mapping):
        return False
    return _is_run(record) or _is_whole(record) or _is_row(record) or "resourceSpans" in record


def without_traces(rows: Sequence[Any]) -> list[Any]:
    """The rows, traces as records with `inputs` and `expectations`.

    Raises:
        Unreadable: there are traces, and none of them has an expectation.
    """
    traces = [row for row in rows if is_trace(row)]
    if not traces:
        return list(rows)
    found = [_record(row) if is_trace(row) else row for row in rows]
    if not any(isinstance(row, Mapping) and row.get("expectations") for row in found):
        raise Unreadable(_MINE)
    return found


def read_cell(value: Any) -> Any:
    """A cell of a table that holds a mapping or a list: as JSON, or in Python's form (pandas)."""
    if not isinstance(value, str) or value[:1] not in {"{", "["} or len(value) > _LONGEST_CELL:
        return value
    for read in (json.loads, ast.literal_eval):
        try:
            return read(value)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            continue
    return value


def _is_run(record: Mapping[str, Any]) -> bool:
    return isinstance(record.get("run_type"), str) and "inputs" in record


def _is_whole(record: Mapping[str, Any]) -> bool:
    return isinstance(record.get("info"), Mapping) and isinstance(record.get("data"), Mapping)


def _is_row(record: Mapping[str, Any]) -> bool:
    return {"trace_id", "request", "assessments"} <= set(record)


def _record(trace: Mapping[str, Any]) -> Fields:
    if _is_whole(trace):
        info = trace["info"]
        found = {"id": info.get("trace_id"), "inputs": _asked(trace["data"])}
        return {**found, "expectations": _expectations(info.get("assessments"))}
    if _is_row(trace):
        found = {"id": trace["trace_id"], "inputs": read_cell(trace["request"])}
        return {**found, "expectations": _expectations(read_cell(trace["assessments"]))}
    return {"inputs": trace.get("inputs"), "expectations": {}}


def _asked(data: Mapping[str, Any]) -> Any:
    """What the first span without a parent was given."""
    spans = data.get("spans")
    for span in spans if isinstance(spans, list) else []:
        if isinstance(span, Mapping) and not span.get("parent_span_id"):
            attributes = span.get("attributes")
            given = attributes.get("mlflow.spanInputs") if isinstance(attributes, Mapping) else None
            return _read(given)
    return None


def _expectations(assessments: Any) -> Fields:
    found: Fields = {}
    for one in assessments if isinstance(assessments, list) else []:
        expectation = one.get("expectation") if isinstance(one, Mapping) else None
        if not isinstance(expectation, Mapping) or one.get("valid") is False:
            continue
        serialized = expectation.get("serialized_value")
        if isinstance(serialized, Mapping):
            value = _read(serialized.get("value"))
        else:
            value = expectation.get("value")
        found[str(one.get("assessment_name"))] = value
    return found


def _read(given: Any) -> Any:
    """A value as JSON, where it is; MLflow's attributes are."""
    try:
        return json.loads(given) if isinstance(given, str) else given
    except (ValueError, RecursionError):
        return given
