from __future__ import annotations

from typing import Any

import pytest

from skillopt.core.evaluation.checks import Exact, Json, Number
from skillopt.core.evaluation.task import Task
from skillopt.core.mining.approval import already_in, as_expected, copies_of, why_not
from skillopt.core.mining.candidate import Candidate

EXACT, JSON, NUMBER = Exact(type="exact"), Json(type="json"), Number(type="number")


def candidate(**more: Any) -> Candidate:
    fields: dict[str, Any] = {"id": "c", "split": "train", "input": "What is it?", "source": "x:1"}
    return Candidate(**{**fields, **more})


def task(**more: Any) -> Task:
    fields: dict[str, Any] = {"id": "t", "split": "test", "input": "Other?", "checks": (EXACT,)}
    return Task(**{**fields, **more})


@pytest.mark.parametrize(
    ("answer", "check", "expected"),
    [
        ("12", EXACT, "12"),
        ("12", NUMBER, 12),
        ("twelve", NUMBER, "twelve"),
        ("true", NUMBER, "true"),
        ('{"a": 1}', JSON, {"a": 1}),
        ("no json", JSON, "no json"),
        ({"a": 1}, EXACT, {"a": 1}),
        (None, JSON, None),
    ],
)
def test_an_answer_as_the_checks_want_it(answer: Any, check: Any, expected: Any) -> None:
    assert as_expected(answer, [check]) == expected


def test_what_was_added_before_is_in() -> None:
    asks_the_same = task(id="c", input="What is it?")
    assert already_in(candidate(), [asks_the_same])
    assert not already_in(candidate(), [task(id="c")])
    assert already_in(candidate(status="added"), [task(id="c")])
    assert not already_in(candidate(status="added"), [task()])


def test_copies_of_tasks_and_of_each_other() -> None:
    listed = [candidate(), candidate(id="d", input="what is it"), candidate(id="e", input="Else?")]
    assert copies_of(listed, []) == {"d": "candidate 'c'"}
    assert copies_of(listed[:1], [task(input="WHAT is it?")]) == {"c": "the test task 't'"}


@pytest.mark.parametrize(
    ("fields", "checks", "more", "said"),
    [
        ({"status": "refused"}, [EXACT], {}, "is refused; `skillopt mine edit`"),
        ({"expected": "x"}, [EXACT], {"ids": ["c"]}, "another task has that id"),
        (
            {"expected": "x"},
            [EXACT],
            {"copy": "the test task 't'"},
            "the same as the test task 't'",
        ),
        ({"expected": "x"}, [], {}, "no checks"),
        ({}, [EXACT], {}, "pass --expected TEXT"),
        ({"recorded": "x"}, [EXACT], {}, "or --recorded if the recorded answer is right"),
    ],
)
def test_why_a_candidate_cannot_enter(
    fields: dict[str, Any], checks: list[Any], more: dict[str, Any], said: str
) -> None:
    wrong = why_not(candidate(**fields), checks, **{"ids": [], "copy": None, **more})
    assert wrong is not None
    assert said in wrong


def test_a_candidate_that_can() -> None:
    assert why_not(candidate(expected="x"), [EXACT], ids=["t"], copy=None) is None


def test_a_recorded_answer_is_no_expected_one() -> None:
    assert why_not(candidate(recorded="x"), [EXACT], ids=[], copy=None) is not None
