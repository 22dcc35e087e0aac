"""One JSON spelling per content, and digests that stay what they are."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.hashing import canonical_json, content_hash, key_of, text_hash

scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.text())
contents = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


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
