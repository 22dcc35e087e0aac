"""The one reader of JSON: fences, and objects and lists in prose."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.json_text import decoded, fenced, json_spans, pieces


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


@given(st.text(alphabet="{}[]\"':, ab\\\n", max_size=40))
def test_pieces_stand_in_order_and_only_the_last_is_open(text: str) -> None:
    found = list(pieces(text))
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert not any(one.open for one in found[:-1])


@given(st.dictionaries(st.text(min_size=1), st.text(), min_size=1), st.text(alphabet="ab .\n"))
def test_an_object_in_prose_is_one_piece(content: dict[str, str], prose: str) -> None:
    written = json.dumps(content)
    assert json_spans(prose + written + prose) == [(len(prose), len(prose) + len(written))]


@given(st.dictionaries(st.text(min_size=1), st.text(), min_size=1), st.data())
def test_a_cut_object_is_open(content: dict[str, str], data: st.DataObject) -> None:
    written = json.dumps(content)
    cut = written[: data.draw(st.integers(2, len(written) - 1))]
    assert [one.open for one in pieces(cut)] == [True]


@pytest.mark.parametrize("text", ["", "NaN", "[" * 100_000, "{'a': 1}"])
def test_what_is_no_json(text: str) -> None:
    with pytest.raises(ValueError, match=r"Expecting|not JSON|nested"):
        decoded(text)
