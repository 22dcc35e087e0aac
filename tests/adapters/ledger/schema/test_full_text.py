"""The language of full-text search, as each database writes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.ledger.schema.full_text import Term, query_of, terms_of
from skillopt.errors import InputError


@pytest.mark.parametrize(
    ("wanted", "terms"),
    [
        ("refund", [Term("refund", excluded=False)]),
        ("order -number", [Term("order", excluded=False), Term("number", excluded=True)]),
        ('"order number" x', [Term("order number", excluded=False), Term("x", excluded=False)]),
        ('-"order number"', [Term("order number", excluded=True)]),
        ("run-2 a/b", [Term("run 2", excluded=False), Term("a b", excluded=False)]),
        ('* "" ()', []),
        ("größe 日本", [Term("größe", excluded=False), Term("日本", excluded=False)]),
    ],
)
def test_words_phrases_and_exclusions(wanted: str, terms: list[Term]) -> None:
    assert terms_of(wanted) == terms


def test_each_database_has_its_own_spelling() -> None:
    wanted = 'refund "order number" -late'
    assert query_of(wanted, "sqlite") == '"refund" AND "order number" NOT "late"'
    assert query_of(wanted, "postgresql") == '"refund" "order number" -"late"'


@pytest.mark.parametrize("wanted", ["", "   ", "-late", '-"order number"', "* ^ (", '"'])
def test_there_must_be_a_word_to_look_for(wanted: str) -> None:
    with pytest.raises(InputError, match="has no word to search for; give at least one"):
        query_of(wanted, "sqlite")


@given(st.text())
def test_no_text_leaves_its_quotation_marks(wanted: str) -> None:
    for term in terms_of(wanted):
        assert '"' not in term.text
        assert term.text
        assert term.text == " ".join(term.text.split())
