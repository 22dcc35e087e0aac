"""What an answer says: the JSON and the number in it."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.evaluation.answers import NoJson, json_in, last_number
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


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("42", 42),
        ("The answer is **42**.", 42),
        ("-5", -5),
        ("\u22125 °C", -5),
        ("+7", 7),
        ("3-5", 5),
        ("x=-5", -5),
        ("(5) - 3", 3),
        ("1,234.5", 1234.5),
        ("1,234,567", 1234567),
        ("1\u202f234", 1234),
        ("1,2345", 2345),
        ("1,23", 23),
        ("12 %", 12),
        ("12%", 12),
        ("$12.50", 12.5),
        ("EUR12.50", 12.5),
        ("6.02e23", 6.02e23),
        ("1E-3", 0.001),
        (".5", 0.5),
        ("5.", 5),
        ("v1.2.3", 3),
        ("007", 7),
        ("between 3 and 4, so 3.5", 3.5),
        ("٣", 3),
    ],
)
def test_the_last_number_counts(text: str, number: float) -> None:
    assert last_number(text) == Decimal(str(number)) or last_number(text) == number


@pytest.mark.parametrize("text", ["", "none", "1e999", "²", "twelve", "-", "9" * 400])
def test_no_number(text: str) -> None:
    assert last_number(text) is None


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_read_as_it_is_written(number: float) -> None:
    assert last_number(f"It is {number!r}") == Decimal(repr(number))


@given(st.integers(-(10**15), 10**15))
def test_grouped_thousands(number: int) -> None:
    assert last_number(f"{number:,}") == number


@given(st.text())
def test_any_text_has_a_number_or_none(text: str) -> None:
    found = last_number(text)
    assert found is None or found.is_finite()
