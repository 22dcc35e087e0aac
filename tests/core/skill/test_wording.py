"""What two texts must share to say the same: marks, roles and words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.skill.wording import LONGEST_READ, exchanged, stem, wording


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Use three items.", "Use 3 items."),
        ("Pay 1,000 euros.", "Pay 1000 euros."),
        ("Wait 1.50 s.", "Wait 1.5 s."),
        ("Answer with `low`.", 'Answer with "low".'),
        ("Do not answer.", "Never answer."),
        ("Make sure to answer.", "Ensure you answer."),
    ],
)
def test_spellings_of_the_same_mark_agree(one: str, other: str) -> None:
    assert wording(one).marks == wording(other).marks


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Use 3 items.", "Use 4 items."),
        ("Answer with `low`.", "Answer with `high`."),
        ("Do answer.", "Do not answer."),
        ("Answer before noon.", "Answer after noon."),
        ("Use at least two.", "Use at most two."),
        ("See RFC3339.", "See RFC3338."),
    ],
)
def test_what_must_agree_differs(one: str, other: str) -> None:
    assert wording(one).marks != wording(other).marks


def test_words_come_in_one_form_and_any_order() -> None:
    assert wording("the customers asked").words == wording("A customer is asking").words
    assert wording("red green").words == wording("green red").words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("If it is `red`, answer `stop`.", "If it is `stop`, answer `red`."),
        ("Put `a` before `b`.", "Put `b` before `a`."),
        ("Use JSON rather than YAML.", "Use YAML rather than JSON."),
        ("Pick red apples, cut green pears.", "Pick red pears, cut green apples."),
    ],
)
def test_exchanged_roles_are_found(one: str, other: str) -> None:
    assert exchanged(wording(one), wording(other))
    assert exchanged(wording(other), wording(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("If it is `red`, answer `stop`.", "Answer `stop` if it is `red`."),
        ("Use JSON rather than YAML.", "Use JSON rather than YAML, please."),
    ],
)
def test_the_same_roles_in_other_words_are_no_exchange(one: str, other: str) -> None:
    assert not exchanged(wording(one), wording(other))


@pytest.mark.parametrize(
    ("word", "bare"),
    [
        ("items", "item"),
        ("replies", "reply"),
        ("replied", "reply"),
        ("planning", "plan"),
        ("class", "class"),
        ("as", "as"),
        ("bus", "bus"),
        ("uses", "us"),
        ("use", "use"),
    ],
)
def test_endings_of_plural_and_verb_forms_go(word: str, bare: str) -> None:
    assert stem(word) == bare


@given(st.text())
def test_any_text_can_be_read_and_exchanges_nothing_with_itself(text: str) -> None:
    read = wording(text)
    assert list(read.words) == sorted(read.words)
    assert list(read.marks) == sorted(read.marks)
    assert not exchanged(read, read)


def test_a_huge_text_is_read_in_part() -> None:
    whole = "answer " * LONGEST_READ
    assert wording(whole + " `never read`") == wording(whole)
