"""Similar texts: their words, their templates, and how many are compared."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.evaluation.similar_texts import (
    KEYS,
    LONG,
    WINDOW,
    _candidates,
    similar,
    wordings,
    words_of,
)

WORDS = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=12).map(tuple)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  Where's MY card?! ", ["wheres", "my", "card"]),
        ("top-up, top up", ["top", "up", "top", "up"]),
        ("_snake_case_ and **bold**", ["snake", "case", "and", "bold"]),
        ("At 23:45 on 2026-01-05", ["at", "23", "45", "on", "2026", "-", "01", "-", "05"]),
        ("3 - 4 = -1", ["3", "-", "4", "=", "-", "1"]),
        ("5 % of $10", ["5", "%", "of", "$", "10"]),
        ("ＦＵＬＬ ﬁt, Straße STRASSE", ["full", "fit", "strasse", "strasse"]),
        ("こんにちは, world", ["こ", "ん", "に", "ち", "は", "world"]),
        (" ?! ", ["?!"]),
        ("  ", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_of(text) == tuple(words)


@given(st.lists(WORDS, unique=True, min_size=2, max_size=20), st.sampled_from([0.5, 0.85, 0.95]))
def test_similarity_is_a_share_that_is_enough(texts: list[tuple[str, ...]], enough: float) -> None:
    found = list(similar(wordings(texts), enough))
    assert all(enough <= share < 1 for *_, share in found), "different texts are never the same"
    assert [pair[:2] for pair in found] == sorted({pair[:2] for pair in found})


def test_how_many_are_compared_grows_with_the_number_of_texts_alone() -> None:
    rng = random.Random(5)
    for size in (500, 2000):
        few_words = [tuple(rng.choices(range(20), k=12)) for _ in range(size)]
        one_family = [(*range(30), 1000 + number) for number in range(size)]
        for texts in (few_words, one_family):
            assert 0 < len(_candidates(texts)) <= size * KEYS * WINDOW


def test_long_texts_are_compared_by_their_word_pairs() -> None:
    words = tuple(f"word{number}" for number in range(LONG))
    moved = (*words[LONG // 2 :], *words[: LONG // 2])
    ((_, _, share),) = similar(wordings([words, moved]), 0.85)
    assert share > 0.99, "two halves in the other order"
    backwards = words[::-1]
    assert list(similar(wordings([words, backwards]), 0.85)) == []
