"""Figures, times and addresses as pages write them."""

from __future__ import annotations

from urllib.parse import parse_qs

from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.ledger.schema.full_text import terms_of
from skillopt.web.words import MOST_TEXT, at_most, clip, phrase, query, when


@given(st.dictionaries(st.sampled_from(("a", "b")), st.text()), st.text())
def test_an_address_holds_what_was_given(fields: dict[str, str], changed: str) -> None:
    found = parse_qs(query(fields, b=changed).removeprefix("?"), keep_blank_values=True)
    expected = {**fields, "b": changed}
    try:
        assert found == {name: [value] for name, value in expected.items() if value}
    except UnicodeEncodeError:
        return


@given(st.text())
def test_a_phrase_is_one_term(text: str) -> None:
    terms = terms_of(phrase(text))
    assert len(terms) <= 1
    assert not any(term.excluded for term in terms)


def test_long_and_large_things_end() -> None:
    assert len(clip("a" * (MOST_TEXT + 1))) == MOST_TEXT
    assert at_most(999) == "999"
    assert at_most(1000) == "1,000 or more"


def test_a_moment_can_be_read_by_machines() -> None:
    assert 'datetime="1970-01-01T00:00:00+00:00"' in when(0.0)
    assert when(None) == ""
