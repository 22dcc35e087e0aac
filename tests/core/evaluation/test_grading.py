"""Grading: scores in [0, 1], and feedback a person and an optimizer can use."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from skillopt.core.evaluation.checks import Check, CheckResult, Json
from skillopt.core.evaluation.grading import (
    LONGEST_FEEDBACK,
    ONLY_THE_FORM,
    PureCheck,
    grade_check,
    result,
    task_score,
)
from skillopt.core.evaluation.task import Task
from skillopt.errors import CallFailed

CHECK: TypeAdapter[PureCheck] = TypeAdapter(Check)


def graded(check: dict[str, Any], answer: str, expected: Any = None) -> CheckResult:
    parsed = CHECK.validate_python(check)
    task = Task(id="t", split="train", input="i", checks=(parsed,), expected=expected)
    return grade_check(parsed, answer, task)


MET: list[tuple[dict[str, Any], str, Any]] = [
    ({"type": "exact"}, " yes\n", "yes"),
    ({"type": "exact", "value": "yes "}, "yes", None),
    ({"type": "exact", "ignore_case": True}, "STRASSE", "straße"),
    ({"type": "contains"}, "it is blue now", "blue"),
    ({"type": "contains", "value": ["a", "b"]}, "b a", None),
    ({"type": "contains"}, "b a", ["a", "b"]),
    ({"type": "contains", "value": "Blue", "ignore_case": True}, "BLUE", None),
    ({"type": "contains", "value": ["x", "y"], "absent": True}, "z", None),
    ({"type": "regex", "pattern": r"^\d+$"}, "42", None),
    ({"type": "regex", "pattern": "sorry", "absent": True}, "done", None),
    ({"type": "number"}, "It is 42.", 42),
    ({"type": "number", "value": 1.0, "absolute": 0.1}, "1.1", None),
    ({"type": "number", "value": 100, "relative": 0.05}, "95", None),
    ({"type": "number", "value": -100, "relative": 0.05}, "-105", None),
    ({"type": "number", "value": 0.3}, "0.3", None),
    ({"type": "number", "value": 1234, "decimal": "."}, "1,234", None),
    ({"type": "number", "value": 1234, "decimal": ","}, "1.234", None),
    ({"type": "number", "value": 1234.5}, "Das macht 1.234,50 €", None),
    ({"type": "number", "value": -5}, "\u22125", None),
    ({"type": "json"}, '{"b": 2, "a": 1.0}', {"a": 1, "b": 2}),
    ({"type": "json", "at": "queue"}, '```json\n{"queue": "billing"}\n```', {"queue": "billing"}),
    ({"type": "json", "at": "a.b"}, '{"a": {"b": null}}', {"a": {"b": None}}),
    ({"type": "json", "at": "a.b"}, '{"a.b": 1}', {"a.b": 1}),
    (
        {"type": "json", "at": "lines.0.price"},
        '{"lines": [{"price": 3}]}',
        {"lines": [{"price": 3}]},
    ),
    ({"type": "json", "at": "queue", "value": "x"}, '{"queue": "x"}', None),
    ({"type": "json", "mode": "subset"}, '{"a": {"b": 1, "c": 2}, "d": 3}', {"a": {"b": 1}}),
    ({"type": "json", "mode": "subset"}, '[{"id": 2, "x": 0}, {"id": 1}]', [{"id": 1}, {"id": 2}]),
    (
        {"type": "json", "mode": "schema", "value": {"type": "object", "required": ["a"]}},
        '{"a": 1}',
        None,
    ),
    ({"type": "json", "mode": "schema", "at": "n", "value": {"minimum": 3}}, '{"n": 3}', None),
    ({"type": "json"}, "true", True),
]


@pytest.mark.parametrize(("check", "answer", "expected"), MET)
def test_met(check: dict[str, Any], answer: str, expected: Any) -> None:
    found = graded(check, answer, expected)
    assert found.score == 1.0
    assert found.feedback == ""


UNMET: list[tuple[dict[str, Any], str, Any, str]] = [
    ({"type": "exact"}, "no", "yes", 'exact: expected "yes", got "no"'),
    ({"type": "exact", "criterion": "right"}, "Yes", "yes", 'right: expected "yes", got "Yes"'),
    ({"type": "exact"}, "a\nb", "a", 'exact: expected "a", got "a\\nb"'),
    ({"type": "contains", "value": ["a", "b"]}, "b", None, 'contains: expected "a" in it, got "b"'),
    (
        {"type": "contains", "value": "b", "absent": True},
        "b",
        None,
        'contains: expected no "b", got "b"',
    ),
    (
        {"type": "regex", "pattern": "x"},
        "y",
        None,
        'regex: expected a form that the answer does not have, got "y"',
    ),
    (
        {"type": "regex", "pattern": "y", "absent": True},
        "y",
        None,
        'regex: expected an answer without something that is in it, got "y"',
    ),
    ({"type": "number", "value": 5}, "6", None, "number: expected 5, got 6"),
    (
        {"type": "number", "value": 1, "absolute": 0.1},
        "1.11",
        None,
        "number: expected 1 ± 0.1, got 1.11",
    ),
    (
        {"type": "number", "value": 5},
        "five",
        None,
        'number: expected the number 5, got no number in "five"',
    ),
    (
        {"type": "number", "value": 1234},
        "It is 1,234.",
        None,
        (
            'number: expected 1234, got 1234 or 1.234: "1,234" is ambiguous; write it without a '
            "thousands separator, or set the check's `decimal` to '.' or ','"
        ),
    ),
    ({"type": "number", "value": 7}, "1,234", None, "number: expected 7, got 1234 or 1.234"),
    (
        {"type": "number", "value": 0.12},
        "12 %",
        None,
        "number: expected 0.12, got 12 (a per cent sign is not applied)",
    ),
    (
        {"type": "number", "value": 1234},
        "1.234",
        None,
        (
            'number: expected 1234, got 1.234 ("1.234" has a decimal sign; '
            "set the check's `decimal` if it groups)"
        ),
    ),
    (
        {"type": "number", "value": 300},
        "100 200 300",
        None,
        'number: expected 300, got 100200300 ("100 200 300" is read as one number)',
    ),
    ({"type": "json"}, "none", {"a": 1}, 'json: expected JSON, got "none"'),
    ({"type": "json"}, '{"a": 2}', {"a": 1}, "json: expected 1 at `a`, got 2"),
    ({"type": "json"}, '{"a": true}', {"a": 1}, "json: expected 1 at `a`, got true"),
    ({"type": "json"}, '{"a": 1}', {"a": True}, "json: expected true at `a`, got 1"),
    ({"type": "json"}, '{"a": "1"}', {"a": 1}, 'json: expected 1 at `a`, got "1"'),
    ({"type": "json"}, '{"a": 1, "b": 2}', {"a": 1}, "json: expected no such field at `b`, got 2"),
    ({"type": "json"}, "{}", {"a": 1}, "json: expected 1 at `a`, got no such field"),
    ({"type": "json"}, "[1, 2]", [1], "json: expected [1], got [1, 2]"),
    ({"type": "json"}, "[1, 3]", [1, 2], "json: expected 2 at `1`, got 3"),
    ({"type": "json"}, "[]", {"a": 1}, 'json: expected {"a": 1}, got []'),
    (
        {"type": "json", "at": "queue", "criterion": "queue"},
        '{"queue": "access"}',
        {"queue": "billing"},
        'queue: expected "billing", got "access"',
    ),
    (
        {"type": "json", "at": "queue"},
        "{}",
        {"queue": "billing"},
        'json: expected "billing" at `queue`, got no such field in {}',
    ),
    (
        {"type": "json", "at": "a.b"},
        '{"a": 5}',
        {"a": {"b": 1}},
        'json: expected 1 at `a.b`, got no such field in {"a": 5}',
    ),
    (
        {"type": "json", "mode": "subset"},
        '{"a": []}',
        {"a": [1]},
        "json: expected 1 at `a`, got []",
    ),
    (
        {"type": "json", "mode": "schema", "value": {"properties": {"a": {"type": "string"}}}},
        '{"a": 1}',
        None,
        "json: expected JSON that fits the schema, got 1 is not of type 'string' at `a`",
    ),
    (
        {"type": "json", "mode": "schema", "value": False},
        "1",
        None,
        "json: expected JSON that fits the schema, got False schema does not allow 1",
    ),
]


@pytest.mark.parametrize(("check", "answer", "expected", "feedback"), UNMET)
def test_unmet(check: dict[str, Any], answer: str, expected: Any, feedback: str) -> None:
    found = graded(check, answer, expected)
    assert found.score == 0.0
    assert found.feedback == feedback


@pytest.mark.parametrize("check", [row[0] for row in UNMET])
@given(answer=st.text())
def test_any_answer_is_graded(check: dict[str, Any], answer: str) -> None:
    found = graded(
        check,
        answer,
        {"queue": 1, "a": {"b": 1}}
        if check["type"] == "json"
        else "5.0"
        if check["type"] != "number"
        else 5,
    )
    assert found.score in {0.0, 1.0}
    assert (found.feedback == "") is (found.score == 1.0) or ONLY_THE_FORM in found.feedback
    assert "\n" not in found.feedback
    assert len(found.feedback) <= LONGEST_FEEDBACK
    found.feedback.encode("utf-8")


@pytest.mark.parametrize(
    "answer", ["x" * 1_000_000, "{" * 1_000_000, "[1," * 60_000, "\ud800", "1" * 5000]
)
@pytest.mark.parametrize("check", [row[0] for row in UNMET])
def test_huge_and_hostile_answers_are_graded_shortly(check: dict[str, Any], answer: str) -> None:
    expected = (
        {"queue": 1, "a": {"b": 1}}
        if check["type"] == "json"
        else 5
        if check["type"] == "number"
        else "y"
    )
    found = graded(check, answer, expected)
    assert len(found.feedback) <= LONGEST_FEEDBACK
    found.feedback.encode("utf-8")


def test_a_pattern_that_never_ends_is_missing_data() -> None:
    schema = {"type": "string", "pattern": "^(a|aa|a?)+$"}
    for check in (
        {"type": "regex", "pattern": schema["pattern"]},
        {"type": "json", "mode": "schema", "value": schema},
    ):
        with pytest.raises(CallFailed):
            graded(check, '"' + "a" * 60 + 'b"' if check["type"] == "json" else "a" * 60 + "b")


results = st.lists(st.floats(0, 1), min_size=1, max_size=6)


weights = st.floats(1e-300, 1e300)


@given(st.data(), results, st.sampled_from(("mean", "all")))
def test_a_score_lies_between_its_parts(
    data: st.DataObject, scores: list[float], scoring: str
) -> None:
    checks = tuple(Json(type="json", value=1, weight=data.draw(weights)) for _ in scores)
    task = Task.model_validate(
        {"id": "t", "split": "train", "input": "i", "checks": checks, "scoring": scoring}
    )
    found = [CheckResult(criterion="c", score=score) for score in scores]
    total = task_score(task, found)
    assert min(scores) <= total <= max(scores)
    assert (total == 1.0) is all(score == 1.0 for score in scores)
    if scoring == "all":
        assert total == min(scores)


def test_weights_and_rubrics() -> None:
    task = Task.model_validate(
        {
            "id": "t",
            "split": "train",
            "input": "i",
            "checks": [
                {"type": "exact", "value": "x", "weight": 3},
                {"type": "rubric", "criteria": ["is short", "is kind"]},
            ],
        }
    )
    found = [result("exact", 1.0, ""), result("is short", 1.0, ""), result("is kind", 0.0, "rude")]
    assert task_score(task, found) == pytest.approx(3.5 / 4)
    strict = task.model_copy(update={"scoring": "all"})
    assert task_score(strict, found) == 0.5
    for wrong in (found[:-1], [*found, found[0]]):
        with pytest.raises(ValueError, match="results than checks"):
            task_score(task, wrong)


def test_feedback_is_one_bounded_line_with_its_name_in_front() -> None:
    assert result("form", 0.5, "too\n long").feedback == "form: too long"
    assert result("form", 0.5, "form: too long").feedback == "form: too long"
    assert len(result("form", 0.0, "x" * 10_000).feedback) == LONGEST_FEEDBACK
    assert result("form", 0.0, "\ud800").feedback == "form: \\ud800"


def test_mean_is_exact_for_equal_parts() -> None:
    for count, score in itertools.product(range(1, 12), (0.1, 1 / 3, 0.7)):
        task = Task.model_validate(
            {
                "id": "t",
                "split": "train",
                "input": "i",
                "checks": [{"type": "exact", "value": "x"}] * count,
            }
        )
        assert task_score(task, [result("exact", score, "-")] * count) == pytest.approx(
            score, abs=1e-15
        )


def test_a_failed_check_is_never_rounded_away() -> None:
    checks = [{"type": "exact", "value": "x"}, {"type": "exact", "value": "y", "weight": 1e-30}]
    task = Task.model_validate({"id": "t", "split": "train", "input": "i", "checks": checks})
    assert task_score(task, [result("exact", 1.0, ""), result("exact", 0.0, "-")]) < 1.0


PATTERN = r"^REF-\d{4}$"

SAID: list[tuple[dict[str, Any], str, Any, str]] = [
    (
        {"type": "regex", "pattern": PATTERN, "says": "a reference and nothing else"},
        "no",
        None,
        'regex: expected: a reference and nothing else; got "no"',
    ),
    (
        {"type": "exact", "says": "the queue's name"},
        "no",
        "yes",
        'exact: the queue\'s name: expected "yes", got "no"',
    ),
    (
        {"type": "json", "mode": "schema", "value": {"type": "null"}, "says": "a reference"},
        '"no"',
        None,
        "json: a reference: expected JSON that fits the schema, got 'no' is not of type 'null'",
    ),
]


@pytest.mark.parametrize(("check", "answer", "expected", "feedback"), SAID)
def test_feedback_has_what_the_check_says(
    check: dict[str, Any], answer: str, expected: Any, feedback: str
) -> None:
    assert graded(check, answer, expected).feedback == feedback


@pytest.mark.parametrize(
    "schema",
    [
        {"pattern": PATTERN},
        {"not": {"not": {"pattern": PATTERN}}},
        {"oneOf": [{"pattern": PATTERN}, {"const": "REF-0001"}, {"maxLength": 1}]},
        {"oneOf": [{"minLength": 1}, {"not": {"pattern": PATTERN}}]},
        {"anyOf": [{"pattern": PATTERN}, {"allOf": [{"pattern": PATTERN}]}]},
        {"if": {"type": "string"}, "then": {"pattern": PATTERN}},
    ],
)
def test_no_pattern_of_a_schema_is_told(schema: dict[str, Any]) -> None:
    found = graded({"type": "json", "mode": "schema", "value": schema}, '"other"')
    assert found.score == 0.0
    assert "REF" not in found.feedback
    assert "d{4}" not in found.feedback


@pytest.mark.parametrize(
    "schema",
    [
        {"propertyNames": {"pattern": PATTERN}},
        {"patternProperties": {PATTERN: {}}, "additionalProperties": False},
        {"patternProperties": {"^other": {"pattern": PATTERN}}},
    ],
)
def test_no_pattern_of_a_field_is_told(schema: dict[str, Any]) -> None:
    found = graded({"type": "json", "mode": "schema", "value": schema}, '{"other": "x"}')
    assert found.score == 0.0
    assert "REF" not in found.feedback
    assert "d{4}" not in found.feedback


@pytest.mark.parametrize("absent", [False, True])
def test_a_pattern_stays_with_the_grader(absent: bool) -> None:  # noqa: FBT001 - a parameter
    answer = "REF-1234" if absent else "other"
    found = graded({"type": "regex", "pattern": PATTERN, "absent": absent}, answer)
    assert found.score == 0.0
    assert "d{4}" not in found.feedback
    assert ("REF" in found.feedback) is absent  # the answer itself
