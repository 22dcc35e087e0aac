"""promptfoo's CSV: special columns, and expectations in a cell."""

from __future__ import annotations

from typing import Any

import pytest

from skillopt.core.importing.promptfoo_csv import assertion, is_promptfoo_csv
from skillopt.core.importing.promptfoo_csv import test_of as of_row


@pytest.mark.parametrize(
    ("cell", "made"),
    [
        ("Paris", {"type": "equals", "value": "Paris"}),
        ("contains: Paris", {"type": "contains", "value": "Paris"}),
        ("not-icontains:no", {"type": "not-icontains", "value": "no"}),
        ("similar(0.8):Hello", {"type": "similar", "value": "Hello", "threshold": 0.8}),
        ("is-json", {"type": "is-json", "value": None}),
        ('is-json:{"type": "object"}', {"type": "is-json", "value": {"type": "object"}}),
        ("fn:output > 3", {"type": "javascript", "value": "output > 3"}),
        ("python: len(output)", {"type": "python", "value": "len(output)"}),
        ("file://check.py", {"type": "python", "value": "check.py"}),
        ("grade: is polite", {"type": "llm-rubric", "value": "is polite"}),
        ("note: bring an umbrella", {"type": "equals", "value": "note: bring an umbrella"}),
        ("12:30", {"type": "equals", "value": "12:30"}),
    ],
)
def test_an_expectation_in_a_cell(cell: str, made: dict[str, Any]) -> None:
    assert assertion(cell) == made


def test_a_row_is_a_test() -> None:
    row = {
        "question": "2+2?",
        "__expected1": "equals: 4",
        "__expected2": "",
        "__description": "adds",
        "__prefix": "Now: ",
        "__metric": "right",
        "__metadata:split": "test",
        "__metadata:tags[]": r"a,b\,c",
        "__config:__expected:threshold": "0.5",
    }
    assert of_row(row) == {
        "vars": {"question": "2+2?"},
        "assert": [{"type": "equals", "value": "4", "metric": "right"}],
        "options": {"prefix": "Now: "},
        "metadata": {"split": "test", "tags": ["a", "b,c"]},
        "description": "adds",
        "config": {"__config:__expected:threshold": "0.5"},
    }


def test_a_csv_of_promptfoo_has_a_column_of_expectations() -> None:
    assert is_promptfoo_csv(["q", "__expected"])
    assert is_promptfoo_csv(["q", "__expected12"])
    assert not is_promptfoo_csv(["q", "expected", "__expectedly"])
