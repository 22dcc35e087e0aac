"""What every value shares: it is frozen, has one JSON spelling, and a digest."""

from __future__ import annotations

import json
from functools import cached_property

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from skillopt.core.value import (
    Value,
    canonical_json,
    content_hash,
    is_absent,
    is_empty,
    key_of,
    text_hash,
)


class Point(Value):
    x: int
    y: int = 0

    @cached_property
    def total(self) -> int:
        return self.x + self.y


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.text())
contents = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


def test_a_value_is_frozen_and_knows_its_fields() -> None:
    point = Point(x=1)
    with pytest.raises(ValidationError):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(ValidationError, match="z"):
        Point.model_validate({"x": 1, "z": 3})
    assert point == Point(x=1, y=0) != Point(x=1, y=1)


def test_a_copy_works_out_anew_what_followed_from_the_fields() -> None:
    point = Point(x=1)
    assert point.total == 1
    assert point.model_copy(update={"y": 5}).total == 6
    assert point.total == 1


@given(contents)
def test_canonical_json_reads_back_and_has_one_spelling(content: object) -> None:
    text = canonical_json(content)
    assert json.loads(text) == content
    assert canonical_json(json.loads(text)) == text


def test_order_of_keys_and_escapes_change_nothing() -> None:
    assert canonical_json({"b": 1, "a": "ö"}) == '{"a":"ö","b":1}'
    assert content_hash({"b": 1, "a": 2}) == content_hash({"a": 2, "b": 1})
    assert content_hash([1, 2]) != content_hash([2, 1])


def test_digests_are_the_same_for_ever() -> None:
    assert text_hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert content_hash({"a": [1, None]}) == text_hash('{"a":[1,null]}')


def test_a_lone_surrogate_has_a_digest_of_its_own() -> None:
    assert len({text_hash("\ud800"), text_hash("\ud801"), text_hash("?")}) == 3


@given(st.lists(st.text(), max_size=4))
def test_a_key_fits_a_signed_column(parts: list[str]) -> None:
    assert 0 <= key_of(*parts) < 2**63


def test_keys_know_where_a_part_ends() -> None:
    assert key_of("ab", "c") != key_of("a", "bc")
    assert key_of("a") != key_of("a", "")


def test_a_field_is_left_out_while_it_says_nothing() -> None:
    assert [is_absent(value) for value in (None, 0, "", ())] == [True, False, False, False]
    assert [is_empty(value) for value in ((), "", False, {}, "a", (0,))] == [True] * 4 + [False] * 2
