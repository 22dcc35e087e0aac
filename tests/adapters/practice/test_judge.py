from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.practice.judge import judged, reply
from skillopt.engine.steps.compare_answers import Preference
from skillopt.engine.steps.judge import Judgements


@pytest.mark.parametrize(
    ("criterion", "answer", "expected", "met"),
    [
        ("Says at most 5 words.", "one two three", None, True),
        ("Says at most 2 words.", "one two three", None, False),
        ("At most 2 sentences.", "One. Two! Three?", None, False),
        ("Fewer than 2 lines.", "one\n\ntwo\nthree", None, False),
        ("At most 5 characters", "12345 ", None, True),
        ('Mentions "refund" and `policy`.', "Our refunds policy", None, True),
        ('Mentions "refund" and "policy".', "Our refunds", None, False),
        ('Does not say "sorry".', "So sorry!", None, False),
        ('Does not say "sorry".', "Done.", None, True),
        ("It is right.", "Paris is the capital", "Paris", True),
        ("It is right.", "Berlin is the capital", "Paris", False),
        ("Explains the delivery time", "Delivery takes a week", None, True),
        ("Explains the delivery time", "No idea", None, False),
        ("Anything", " \n", None, False),
    ],
)
def test_judged(criterion: str, answer: str, expected: Any, *, met: bool) -> None:
    assert judged(criterion, answer, expected=expected).met is met


TEXTS = st.text(max_size=60)


@given(st.dictionaries(TEXTS, TEXTS, max_size=5), TEXTS, st.one_of(TEXTS, st.none(), st.integers()))
def test_every_criterion_gets_one_result(
    criteria: dict[str, str], answer: str, expected: Any
) -> None:
    said = reply(
        {"criteria": json.dumps(criteria), "answer": answer, "expected": json.dumps(expected)}
    )
    results = Judgements.model_validate_json(said).results
    assert [result.criterion for result in results] == list(criteria)


@given(st.dictionaries(st.sampled_from(["criteria", "answer", "expected"]), TEXTS))
def test_any_prompt_gets_a_reply_of_the_asked_shape(data: dict[str, str]) -> None:
    Judgements.model_validate_json(reply(data))


@pytest.mark.parametrize(
    ("first", "second", "better"),
    [
        ("Our refund policy", "Hello", "first"),
        ("Hello", "Our refund policy", "second"),
        ("Hello", "Hi", "neither"),
        ("Our refund policy", "The refund policy", "neither"),
    ],
)
def test_two_answers_are_compared_by_the_criteria_and_not_by_their_place(
    first: str, second: str, better: str
) -> None:
    criteria = json.dumps({"policy": 'Mentions "refund" and "policy".'})
    said = reply({"criteria": criteria, "expected": "null", "first": first, "second": second})
    assert Preference.model_validate_json(said).better == better
