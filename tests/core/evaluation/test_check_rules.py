"""What a check must keep to be graded, found out before any call."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from skillopt.core.evaluation.check_rules import (
    DEEPEST_CONTENT,
    flaw_in_check,
    flaw_in_expected,
    not_json,
    unknown,
)
from skillopt.core.evaluation.checks import Check

CRITERIA = {"right": "The right desk.", "kind": "The answer is kind."}


def check(**fields: Any) -> Check:
    adapter: TypeAdapter[Check] = TypeAdapter(Check)
    return adapter.validate_python(fields)


@pytest.mark.parametrize(
    ("fields", "field", "complaint"),
    [
        ({"type": "exact", "criterion": "rigth"}, "criterion", "did you mean 'right'?"),
        ({"type": "exact", "criterion": "zzz"}, "criterion", "there is kind, right"),
        ({"type": "regex", "pattern": "("}, "pattern", "'(' is not a regular expression"),
        ({"type": "contains", "value": ""}, "value", "every answer contains"),
        ({"type": "json", "at": "a..b"}, "at", "does not name a field"),
        ({"type": "rubric", "criteria": ["kind", "kind"]}, "criteria", "listed twice"),
        ({"type": "rubric", "criteria": [" "]}, "criteria", "a criterion is empty"),
    ],
)
def test_a_flaw_names_its_field(fields: dict[str, Any], field: str, complaint: str) -> None:
    found = flaw_in_check(check(**fields), CRITERIA)
    assert found is not None
    assert found.field == field
    assert complaint in found.message


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "exact", "criterion": "right"},
        {"type": "regex", "pattern": "a+"},
        {"type": "contains", "value": ["a", "b"]},
        {"type": "json", "at": "a.b", "value": 3},
        {"type": "rubric", "criteria": ["kind", "It is short."]},
        {"type": "number"},
    ],
)
def test_a_good_check_has_none(fields: dict[str, Any]) -> None:
    assert flaw_in_check(check(**fields), CRITERIA) is None


def test_criteria_are_labels_where_a_set_names_none() -> None:
    assert flaw_in_check(check(type="exact", criterion="anything"), {}) is None


@pytest.mark.parametrize(
    ("fields", "expected", "complaint"),
    [
        ({"type": "exact"}, None, "nothing to compare with"),
        ({"type": "exact"}, 5, "must be text for the `exact` check, got the number 5"),
        ({"type": "number"}, "five", "must be a number"),
        ({"type": "number"}, True, "got the boolean true"),
        ({"type": "json", "at": "a.b"}, {"a": 1}, "no field `a.b`"),
        ({"type": "contains"}, [1], "wants text, got the number 1"),
    ],
)
def test_an_expected_must_serve_its_check(
    fields: dict[str, Any], expected: Any, complaint: str
) -> None:
    assert complaint in (flaw_in_expected(check(**fields), expected) or "")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"type": "exact"}, "yes"),
        ({"type": "exact", "value": "yes"}, None),
        ({"type": "number"}, 5),
        ({"type": "contains"}, ["a", "b"]),
        ({"type": "json"}, {"a": [1, None]}),
        ({"type": "regex", "pattern": "a"}, None),
        ({"type": "rubric", "criteria": ["kind"]}, None),
    ],
)
def test_an_expected_that_serves(fields: dict[str, Any], expected: Any) -> None:
    assert flaw_in_expected(check(**fields), expected) is None


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False)
)
plain = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
contents = st.recursive(
    scalars | plain, lambda inner: st.lists(inner) | st.dictionaries(plain, inner), max_leaves=20
)


@given(contents)
def test_json_content_is_json_content(content: object) -> None:
    assert not_json(content) is None


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ({1: 2}, "the key 1 is not text"),
        ([{"a": {1, 2}}], "is a set"),
        ([float("inf")], "not a JSON number"),
        ({"a": ["\ud800"]}, "unpaired surrogate"),
    ],
)
def test_what_is_no_json_is_named_however_deep_it_is(content: object, complaint: str) -> None:
    assert complaint in (not_json(content) or "")


def test_content_may_be_nested_so_deep_and_no_deeper() -> None:
    content: object = 1
    for _ in range(DEEPEST_CONTENT):
        content = [content]
    assert not_json(content) is None
    assert "nested deeper" in (not_json([content]) or "")


def test_an_unknown_name_gets_the_nearest_one_or_all_there_are() -> None:
    assert unknown("tag", "rigth", CRITERIA) == "unknown tag 'rigth'; did you mean 'right'?"
    assert unknown("tag", "zzz", CRITERIA) == "unknown tag 'zzz'; there is kind, right"
    assert unknown("tag", "zzz", ()) == "unknown tag 'zzz'; there is none"
