"""Expected answers and the check that compares with them."""

from __future__ import annotations

from typing import Any

import pytest

from skillopt.core.evaluation.patterns import is_found
from skillopt.core.importing.answers import AGREES, NO_ANSWER, alternatives, scored
from skillopt.core.importing.values import Draft, Tally


def draft(expected: Any, record: int = 1, **more: Any) -> Draft:
    return Draft(place=(0,), record=record, input="?", expected=expected, **more)


@pytest.mark.parametrize(
    ("expected", "check"),
    [
        ("Paris", "exact"),
        (["Paris"], "exact"),
        (["Paris", "paris"], "regex"),
        (4, "number"),
        (True, "json"),
        ({"a": 1}, "json"),
        ([1, 2], "json"),
        ("A long answer. " * 10, "rubric"),
        ("two\nlines", "rubric"),
    ],
)
def test_the_check_follows_the_answer(expected: Any, check: str) -> None:
    (made,) = scored([draft(expected)], None, Tally())
    assert made.checks is not None
    assert made.checks[0]["type"] == check


def test_texts_of_one_file_are_compared_in_one_way() -> None:
    tally = Tally()
    made = scored([draft("Paris"), draft("long " * 30)], None, tally)
    assert [one.checks for one in made] == [({"type": "rubric", "criteria": [AGREES]},)] * 2
    assert list(tally.notes) == [
        "expected answers are compared by `rubric`; `import-tasks --check` sets another"
    ]


def test_answers_that_are_no_text_are_said_to_be_compared_otherwise() -> None:
    tally = Tally()
    scored([draft(4), draft({"a": 1})], None, tally)
    assert list(tally.notes) == [
        "expected answers that are numbers are compared by `number`",
        "expected answers that are lists, mappings or yes and no are compared by `json`",
    ]


def test_the_caller_may_ask_for_a_check() -> None:
    tally = Tally()
    made = scored([draft("4"), draft("four", 2), draft("5.5", 3)], "number", tally)
    assert [one.expected for one in made] == [4, 5.5]
    assert [(one.first, one.count) for one in tally.left_out] == [(2, 1)]
    assert scored([draft('{"a": 1}')], "json", Tally())[0].expected == {"a": 1}
    assert scored([draft("x", checks=({"type": "exact"},))], "contains", Tally())[0].checks == (
        {"type": "exact"},
    )


def test_no_answer_is_no_task() -> None:
    tally = Tally()
    assert scored([draft(None), draft(""), draft([])], None, tally) == []
    assert [(one.what, one.count) for one in tally.left_out] == [(NO_ANSWER, 3)]


def test_alternatives_are_literal_and_say_no_answer() -> None:
    whole = alternatives(["a.b", " c "], whole=True)
    assert [is_found(whole["pattern"], text) for text in ("a.b", "axb", "c\n", "c d")] == [
        True,
        False,
        True,
        False,
    ]
    assert "a.b" not in whole["says"]
    assert is_found(alternatives(["YES"], whole=False, ignore_case=True)["pattern"], "oh yes")
