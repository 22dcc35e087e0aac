"""What an answer says: the JSON in it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.evaluation.answers import NoJson, json_in
from skillopt.core.json_text import LARGEST
from tests.core.test_replies import values


@given(values, st.sampled_from(("{}", " {}\n", "```json\n{}\n```", "```\n{}\n```\nThat is it.")))
def test_json_is_found_bare_and_fenced(content: object, wrapping: str) -> None:
    assert json_in(wrapping.replace("{}", json.dumps(content))) == content


@pytest.mark.parametrize(
    ("answer", "like", "content"),
    [
        ('The answer is {"a": 1}.', None, {"a": 1}),
        ('First {"a": 1}, no: {"a": 2}', None, {"a": 2}),
        ('{"a": 1} (see [1])', dict, {"a": 1}),
        ('{"a": 1} or [1, 2] it is', list, [1, 2]),
        ('A {brace and {"a": {"b": []}} done', dict, {"a": {"b": []}}),
        ("\ufeff[1]", None, [1]),
        ("42", None, 42),
        ('"text"', None, "text"),
        ("null", None, None),
        ('{"a": 1, "a": 2}', None, {"a": 2}),
    ],
)
def test_json_in_prose(answer: str, like: type | None, content: object) -> None:
    assert json_in(answer, like=like) == content


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "none",
        "{'a': 1}",
        '{"a": 1',
        '{"a": {"b": 1}',
        '{"a": [{"b": 1}, {"b": 2}',
        '{"a": NaN}',
        "NaN",
        "Infinity",
        "{a: 1}",
        '{"a": 1,}',
        "[" * 100_000,
        '{"a":' * 40_000,
        "```\n" * 50_000,
        "9" * 10_000,
        '{"a": "' + "x" * LARGEST + '"}',
    ],
)
def test_no_json(answer: str) -> None:
    with pytest.raises(NoJson):
        json_in(answer)
