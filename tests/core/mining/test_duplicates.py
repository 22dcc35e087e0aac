from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.mining.duplicates import earlier_copies

LONG = "please tell me how long a parcel takes from the north to the far south of the country today"


def test_the_same_words_are_a_copy_whatever_the_answer() -> None:
    assert earlier_copies([("Is it so?", "yes"), ("is it SO", "no"), ("Is it not?", None)]) == {
        1: 0
    }


def test_few_other_words_are_a_copy_only_with_the_same_answer() -> None:
    other = LONG.replace("today", "tomorrow")
    assert earlier_copies([(LONG, "two days"), (other, "two  days")]) == {1: 0}
    assert earlier_copies([(LONG, "two days"), (other, "three days")]) == {}
    assert earlier_copies([(LONG, None), (other, None)]) == {}


def test_the_first_of_a_family_is_kept_and_no_copy_hides_behind_a_copy() -> None:
    family = [(LONG, "x"), (LONG.replace("today", "now"), "x"), (LONG.replace("tell", "say"), "x")]
    assert earlier_copies(family) == {1: 0, 2: 0}


def test_questions_in_a_shared_template_are_not_copies() -> None:
    around = "You are the clerk of a shop with many desks. Which desk owns this word, please: "
    words = [f"word{number} thing{number * 7}" for number in range(40)]
    assert earlier_copies([(around + word, None) for word in words]) == {}


@given(
    st.lists(
        st.tuples(st.text("ab c", max_size=12), st.sampled_from(["x", "y", None])), max_size=12
    )
)
def test_copies_point_to_earlier_texts_that_are_kept(texts: list[tuple[str, str | None]]) -> None:
    copies = earlier_copies(texts)
    for number, origin in copies.items():
        assert origin < number
        assert origin not in copies


def test_many_texts_take_about_as_long_as_their_number() -> None:
    chance = random.Random(5)
    words = [f"w{number}" for number in range(3_000)]
    texts = [(" ".join(chance.choices(words, k=12)), None) for _ in range(4_000)]
    assert earlier_copies([*texts, texts[7]]) == {4_000: 7}
