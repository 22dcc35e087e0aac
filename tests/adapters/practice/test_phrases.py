from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.practice.phrases import LONGEST_READ, folded, mentions, without

WORDS = st.text("abcdefgrstuvy", min_size=2, max_size=9)


@pytest.mark.parametrize(
    ("text", "phrase", "expected"),
    [
        ("My card arrived.", "arrive", True),
        ("It is arriving", "arrive", True),
        ("arrival", "arrive", False),
        ("rearrive", "arrive", False),
        ("CHARGED\n twice!", "charge twice", True),
        ("countries", "country", True),
        ("I\u2019m late", "i'm late", True),
        ("download", "down", False),
        ("C++ is fine", "c++", True),
        ("a [x] b", "[x]", True),
        ("anything", "", False),
        ("anything", " ", False),
        ("x" * 101, "x" * 101, False),
    ],
)
def test_mentions(text: str, phrase: str, *, expected: bool) -> None:
    assert mentions(folded(text), phrase) is expected


@given(st.lists(WORDS, min_size=1, max_size=4), st.sampled_from(["", "s", "es", "ed", "d", "ing"]))
def test_a_phrase_is_mentioned_with_any_ending_in_any_case(words: list[str], ending: str) -> None:
    phrase = " ".join(words)
    said = phrase + ending
    for text in (said, said.upper(), f"so: {said}!", "  ".join(said.split())):
        if phrase[-1] != "e" or ending not in {"es", "ed"}:
            assert mentions(folded(text), phrase)


@given(st.lists(WORDS, min_size=1, max_size=4), WORDS)
def test_a_phrase_is_not_mentioned_inside_words(words: list[str], glue: str) -> None:
    phrase = " ".join(words)
    assert not mentions(folded(f"q{phrase}"), phrase)
    assert not mentions(folded(f"{phrase}q{glue}"), phrase)


@given(st.text(max_size=200), st.text(max_size=30))
def test_any_text_and_any_phrase_will_do(text: str, phrase: str) -> None:
    found = mentions(folded(text), phrase)
    assert found in {True, False}
    without(text, phrase)


def test_what_lies_beyond_the_read_part_is_not_mentioned() -> None:
    assert mentions(folded("needle" + " x" * LONGEST_READ), "needle")
    assert not mentions(folded("x " * LONGEST_READ + "needle"), "needle")
