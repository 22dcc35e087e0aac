"""Comparing JSON content: equal, included, or fitting a schema."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from skillopt.core.evaluation.json_compare import is_same, schema_flaw
from tests.core.test_replies import values


@given(values)
def test_json_content_equals_itself(content: object) -> None:
    assert is_same(content, content)


@given(values, values)
def test_json_equality_is_symmetric(one: object, other: object) -> None:
    assert is_same(one, other) is is_same(other, one)


@pytest.mark.parametrize(
    ("schema", "flaw"),
    [
        ({"type": "thing"}, "not valid under any"),
        ({"type": "string", "pattern": "("}, "not a 'regex'"),
        ({"patternProperties": {"(": {}}}, "not a 'regex'"),
        ({"pattern": "a{1000000000}"}, "not a regular expression"),
        ({"$ref": "#/nowhere"}, "does not resolve"),
        ({"$ref": "https://example.com/schema.json"}, "does not resolve"),
        ({"$ref": "#"}, "endlessly recursive"),
        ([], "is an object"),
        ({"required": "a"}, "is not of type 'array'"),
    ],
)
def test_what_is_no_schema(schema: Any, flaw: str) -> None:
    assert flaw in (schema_flaw(schema) or "")


def test_schemas_that_are_good() -> None:
    assert schema_flaw({"$ref": "#/$defs/a", "$defs": {"a": {"type": "integer"}}}) is None
    assert (
        schema_flaw({"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"})
        is None
    )
    assert schema_flaw(True) is None
    tree = {"type": "object", "properties": {"next": {"$ref": "#"}}}
    assert schema_flaw(tree) is None
