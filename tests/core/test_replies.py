"""The tolerant parser: what models send, and what is sent to waste its time."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from skillopt.core.loop_settings import SpendLimits
from skillopt.core.replies import (
    DEEPEST_REPAIR,
    LARGEST_REPAIR,
    LARGEST_REPLY,
    BadReply,
    fenced,
    first_complaint,
    json_object,
)

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(st.text(), values, max_size=4)


@given(
    objects,
    st.sampled_from(
        (
            "{}",
            "  {}\n",
            "```json\n{}\n```",
            "Sure:\n\n```\n{}\n```\nDone.",
            "<think>hm {{x}}</think>{}",
        )
    ),
)
def test_an_object_is_found_in_its_usual_wrappings(
    content: dict[str, object], wrapping: str
) -> None:
    assert json_object(wrapping.format(json.dumps(content))) == content


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ('Here it is: {"a": 1} and that is all.', {"a": 1}),
        ('{"a": 1,}', {"a": 1}),
        ("{'a': 'b'}", {"a": "b"}),
        ('{"a": {"b": [1, 2', {"a": {"b": [1, 2]}}),
        ('{"a": "line\nbreak"}', {"a": "line\nbreak"}),
        ('```json\n{"old": 1}\n```\nNo, rather:\n```json\n{"new": 2}\n```', {"new": 2}),
        ('<thinking>{"a": 1}</thinking>\n{"a": 2}', {"a": 2}),
        ('{"a": "<think>kept?"}', {"a": "<think>kept?"}),
        ('{"a": 1, "a": 2}', {"a": 2}),
    ],
)
def test_slips_are_mended(reply: str, found: dict[str, object]) -> None:
    assert json_object(reply) == found


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "I would rather not.",
        "[1, 2]",
        '"text"',
        "null",
        "{}}{" * 10 + "[",
        "{" * 100_000,
        '{"a":' * 30_000,
        "```json\n" * 20_000,
        "```a\n" * 39_000,
        "<think>" * 28_000,
        "{" + "lorem ipsum " * 16_000,
        "a" * (LARGEST_REPLY + 1),
    ],
)
def test_nonsense_is_refused_in_words(reply: str) -> None:
    with pytest.raises(BadReply) as refused:
        json_object(reply)
    assert len(str(refused.value)) < 200


def test_repair_has_bounds() -> None:
    assert json_object('{"a": [1, 2') == {"a": [1, 2]}
    for broken in ('{"a": "' + "x" * LARGEST_REPAIR, '{"a": ' + "[" * DEEPEST_REPAIR):
        with pytest.raises(BadReply):
            json_object(broken)


@given(st.text(alphabet="`a \n", max_size=60))
def test_fences_hold_pieces_of_the_text(text: str) -> None:
    assert all(content in text for content in fenced(text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("```\na\n```", ["a\n"]),
        ("```py\na\n```\n~\n```\nb\n```\n", ["a\n", "b\n"]),
        ("````\n```\na\n```\n````", ["```\na\n```\n"]),
        ("  ```\n  a\n  ```", ["  a\n"]),
        ("```\r\na\r\n```\r\n", ["a\r\n"]),
        ("```open\na", []),
        ("```a``` in line\n```\nb\n```", ["b\n"]),
        ("``\na\n``", []),
    ],
)
def test_fences(text: str, found: list[str]) -> None:
    assert fenced(text) == found


def test_a_complaint_says_where_and_what() -> None:
    with pytest.raises(ValidationError) as error:
        SpendLimits.model_validate({"max_calls": "many"})
    assert first_complaint(error.value).startswith("max_calls: Input should be a valid integer")
    assert first_complaint(error.value).endswith("got 'many'")
