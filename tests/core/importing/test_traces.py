"""Traces among the records of an eval set."""

from __future__ import annotations

import json
from typing import Any

import pytest

from skillopt.core.importing.fields import Unreadable
from skillopt.core.importing.formats import imported, is_foreign
from skillopt.core.importing.traces import is_trace, read_cell, without_traces
from skillopt.core.importing.values import FieldNames

FACTS = {"serialized_value": {"serialization_format": "JSON_FORMAT", "value": '["It is a city"]'}}
ASSESSMENTS = [
    {"assessment_name": "expected_response", "expectation": {"value": "Paris"}},
    {"assessment_name": "expected_facts", "expectation": FACTS, "valid": True},
    {"assessment_name": "count", "expectation": {"value": 2}, "valid": False},
    {"assessment_name": "relevance", "feedback": {"value": "yes"}},
    "text",
]


def whole(assessments: list[Any]) -> dict[str, Any]:
    asked = {"mlflow.spanInputs": json.dumps({"question": "Which capital?"})}
    spans = [
        {"parent_span_id": "s1", "attributes": {"mlflow.spanInputs": '{"q": "inner"}'}},
        {"parent_span_id": None, "attributes": asked},
    ]
    return {"info": {"trace_id": "tr-1", "assessments": assessments}, "data": {"spans": spans}}


def row(assessments: Any) -> dict[str, Any]:
    request = {"question": "Which capital?"}
    return {"trace_id": "tr-1", "request": request, "response": "Rome", "assessments": assessments}


@pytest.mark.parametrize("trace", [whole(ASSESSMENTS), row(ASSESSMENTS), row(repr(ASSESSMENTS))])
def test_a_trace_with_expectations_is_a_record(trace: dict[str, Any]) -> None:
    assert without_traces([trace]) == [
        {
            "id": "tr-1",
            "inputs": {"question": "Which capital?"},
            "expectations": {"expected_response": "Paris", "expected_facts": ["It is a city"]},
        }
    ]


@pytest.mark.parametrize(
    "trace",
    [
        whole([]),
        row([]),
        {"id": "r", "run_type": "chain", "inputs": {"q": "a"}, "outputs": {"answer": "b"}},
        {"resourceSpans": []},
    ],
)
def test_what_an_application_has_answered_is_not_what_is_right(trace: dict[str, Any]) -> None:
    assert is_trace(trace)
    with pytest.raises(Unreadable, match="`skillopt mine`"):
        without_traces([trace, {"question": "a", "answer": "b"}])


def test_a_file_may_be_one_trace_or_a_list_of_them() -> None:
    for content in (whole(ASSESSMENTS), {"traces": [whole(ASSESSMENTS)]}):
        assert is_foreign(content)
        made = imported(content, FieldNames(), stem="a")
        assert made.report.format == "mlflow"
        assert made.content["tasks"][0]["id"] == "tr-1"
        assert made.content["tasks"][0]["expected"] == "Paris"


def test_traces_without_one_are_left_out_beside_others() -> None:
    made = imported([whole(ASSESSMENTS), whole([])], FieldNames(), stem="a")
    assert [(one.count, one.first) for one in made.report.left_out] == [(1, 2)]


def test_other_rows_are_as_they_are() -> None:
    rows = [{"question": "a", "answer": "b"}, "text", {"inputs": {"q": "a"}}]
    assert without_traces(rows) == rows


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('{"a": [1]}', {"a": [1]}),
        ("{'a': None}", {"a": None}),
        ("[1, 2]", [1, 2]),
        ("{not so", "{not so"),
        ("text", "text"),
        (7, 7),
        ("[" * 100_001, "[" * 100_001),
    ],
)
def test_cells(cell: Any, value: Any) -> None:
    assert read_cell(cell) == value
