"""Words without case, punctuation and Unicode forms."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.evaluation.plain_words import placed_words, plain_text, plain_words


def test_what_looks_the_same_is_the_same() -> None:
    wanted = ["der", "käse", "ist", "n", "1", "aus"]
    assert plain_words("Der Käse: ist (N-1) aus!") == wanted
    assert plain_words(unicodedata.normalize("NFD", "DER KÄSE IST N 1 AUS")) == wanted
    assert plain_words("d\u200ber ｋäse\u00a0ist **n** _1_ a\u00adus") == wanted


def test_scripts_without_spaces_have_a_word_to_a_character() -> None:
    assert plain_words("払い戻し card") == ["払", "い", "戻", "し", "card"]


def test_apostrophes_do_not_count() -> None:
    assert plain_text("I can’t") == plain_text("i CAN'T") == "i cant"


def test_places_lead_back_to_what_is_written() -> None:
    words, chunks = placed_words(["- Say: “hi”", "", "to them-all"])
    assert [(word.plain, word.line, chunks[word.chunk]) for word in words] == [
        ("say", 0, "Say:"),
        ("hi", 0, "“hi”"),
        ("to", 2, "to"),
        ("them", 2, "them-all"),
        ("all", 2, "them-all"),
    ]


@given(st.lists(st.text(max_size=30), max_size=5))
def test_places_and_words_tell_the_same(lines: list[str]) -> None:
    split = [" ".join(line.split()) for line in lines]
    words, _ = placed_words(split)
    assert [word.plain for word in words] == [
        plain for line in split for chunk in line.split() for plain in plain_words(chunk)
    ]


@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=60))
def test_plain_ascii_is_read_as_any_other_text(text: str) -> None:
    assert [*plain_words(text), "é"] == plain_words(f"{text} é")
