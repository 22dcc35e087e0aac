"""What of a validation set gives its tasks away."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest

from skillopt.core.evaluation.checks import Contains, Exact, Json
from skillopt.core.evaluation.leak_index import LeakIndex, identifiers_in, strong_answer
from skillopt.core.evaluation.task import Task

SPLITS: list[Any] = ["train", "validation", "test"]
EXACT = (Exact(type="exact"),)


def task(number: int, text: str, expected: Any = "x", checks: Any = EXACT) -> Task:
    return Task(
        id=f"t{number}", split=SPLITS[number % 3], input=text, expected=expected, checks=checks
    )


def index(*texts: str, declared: tuple[str, ...] = ()) -> LeakIndex:
    return LeakIndex([task(at, text) for at, text in enumerate(texts)], declared=declared)


def test_runs_of_words_lead_to_their_tasks() -> None:
    found = index("My card was stolen in Oslo", "The card was stolen by a crow", "all is well")
    assert found.with_shingle(("card", "was", "stolen")) == (0, 1)
    assert found.with_shingle(("stolen", "in", "oslo")) == (0,)
    assert found.with_shingle(("no", "such", "words")) == ()


def test_what_many_tasks_share_is_common_wording() -> None:
    found = index(*(f"Please tell me what number {at} means" for at in range(5)))
    assert found.is_common(("please", "tell", "me"))
    assert found.with_shingle(("please", "tell", "me")) == ()
    assert found.with_shingle(("number", "3", "means")) == (3,)


def test_of_a_long_text_any_run_of_six_words_is_found() -> None:
    words = [f"w{at}" for at in range(2000)]
    found = index(" ".join(words))
    for at in range(0, 1994, 7):
        run = words[at : at + 6]
        assert any(found.with_shingle(tuple(run[step : step + 3])) for step in range(4)), at


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Order 48213 of anna@example.org is late", {"48213", "anna@example.org"}),
        ("see https://example.org/a?b=1 and OPS-218.", {"https://example.org/a?b=1", "ops-218"}),
        ("at 23:45 on 5 May 2024, at most 100 or 5000 words", set()),
        ("ISO 8601, sha256, UTF-8 and 12345 are no names", set()),
        ("it cost 249.99 on 2024-03-17", {"249.99", "2024-03-17"}),
    ],
)
def test_names_and_numbers_of_one_thing(text: str, named: set[str]) -> None:
    assert identifiers_in(text) == named


def test_an_identifier_that_two_tasks_have_is_none() -> None:
    found = index("order 48213 is late", "order 48213 came", "order 77319 is lost")
    assert found.identifiers == {"77319": 2}


def test_labels_are_a_vocabulary_and_open_answers_are_not() -> None:
    labels = ["refund", "access"] * 4 + ["rare"]
    closed = LeakIndex([task(at, f"text {at}", label) for at, label in enumerate(labels)])
    assert closed.open_answers == {}
    open_ = LeakIndex([task(at, f"text {at}", f"answer {at}") for at in range(6)])
    assert sorted(open_.open_answers) == list(range(6))


def test_each_field_of_an_answer_is_a_vocabulary_or_not_by_itself() -> None:
    checks = (Json(type="json", at="queue"), Contains(type="contains", value=("Oslo", "Rome")))
    tasks = [
        task(at, f"text {at}", {"queue": "abc"[at % 3], "note": f"note {at}"}, checks)
        for at in range(9)
    ]
    found = LeakIndex(tasks)
    assert {one.plain for one in found.open_answers[4]} == {"note 4"}
    assert {one.plain for one in found.answers[4]} == {"b", "note 4", "oslo", "rome"}


@pytest.mark.parametrize("plain", ["45 23 * * *", "tkt_2219", "the second of two oceans", "48213"])
def test_strong_answers(plain: str) -> None:
    assert strong_answer(plain)


@pytest.mark.parametrize("plain", ["paris", "42", "yes", "2024", "1,5", "new york"])
def test_weak_answers(plain: str) -> None:
    assert not strong_answer(plain)


def test_texts_are_not_kept_a_second_time() -> None:
    tasks = [
        task(at, " ".join(f"w{(at * 7919 + step * 104729) % 50_021}" for step in range(500)))
        for at in range(200)
    ]
    tracemalloc.start()
    found = LeakIndex(tasks)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.with_shingle(("w0", "w4708", "w9416")) is not None
    assert kept < 100 * 100_000  # bytes: less than a hundred for each of the 100,000 words
