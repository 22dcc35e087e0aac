from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.evaluation.validation_set import LONGEST_ID, split_of
from skillopt.core.mining.candidate import Found, input_text
from skillopt.core.mining.choice import Sample, candidate_of, choose, outermost

KEY = "sk-proj-Ab12Cd34Ef56Gh78Ij90Kl12Mn34Op56Qr78St90Uv12Wx34"


def found(asked: Any, **more: Any) -> Found:
    return Found(input=asked, source=more.pop("source", "log.jsonl:1"), **more)


def task(asked: str, **more: Any) -> Task:
    fields = {"id": "t", "split": "train", "checks": (Exact(type="exact"),), "expected": "x"}
    return Task(input=asked, **{**fields, **more})


def test_what_is_new_and_what_is_not() -> None:
    known = candidate_of(found("Was this found before?")).model_copy(update={"status": "refused"})
    finds = [
        found("Is it in the set?"),
        found("was this found before"),
        found("Who is new here?"),
        found("Who is new here!"),
        found(f"What is {KEY} for?"),
        found(" "),
    ]
    chosen = choose(finds, [task("is it in THE set")], [known], limit=10)
    assert [input_text(one.input) for one in chosen.candidates] == [
        "Who is new here?",
        "What is [redacted] for?",
    ]
    assert (chosen.in_set, chosen.known, chosen.copies, chosen.redacted) == (1, 1, 1, 1)
    assert [one.reason for one in chosen.skipped] == ["the input is empty"]


def test_a_redacted_question_is_recognized_when_it_comes_again() -> None:
    finds = [found(f"What is {KEY} for?")]
    first = choose(finds, [], [], limit=5).candidates
    again = choose(finds, [], first, limit=5)
    assert (again.candidates, again.known) == ((), 1)


def test_a_limit_takes_a_sample_that_the_order_does_not_change() -> None:
    finds = [found(f"word{at} thing{at * 7} other{at * 3}?") for at in range(50)]
    one = choose(finds, [], [], limit=10)
    other = choose(finds[::-1], [], [], limit=10)
    assert len(one.candidates) == 10
    assert one.left_out == 40
    assert {each.id for each in one.candidates} == {each.id for each in other.candidates}


@given(st.lists(st.integers(0, 30), max_size=60), st.integers(1, 8))
def test_a_sample_is_bounded_and_keeps_the_order(numbers: list[int], most: int) -> None:
    sample = Sample(most)
    for number in numbers:
        sample.add(found(str(number), source=f"x:{number}"))
    kept = [input_text(one.input) for one in sample.finds()]
    assert len(kept) == min(most, len(set(numbers)))
    assert sample.seen == len(numbers) == len(kept) + sample.copies + sample.left_out
    rest = iter(map(str, numbers))
    assert all(one in rest for one in kept)


def test_a_question_that_is_repeated_does_not_fill_the_sample() -> None:
    sample = Sample(5)
    for at in range(40):
        sample.add(found("ping"))
        sample.add(found(f"question {at % 4}"))
    assert len(sample.finds()) == 5
    assert (sample.copies, sample.left_out) == (75, 0)


def test_of_a_trace_the_outermost_question_counts() -> None:
    finds = [
        found("step", trace="t", inner=True),
        found("question", trace="t"),
        found("lost step", trace="u", inner=True),
        found("alone"),
    ]
    assert [one.input for one in outermost(finds)] == ["question", "lost step", "alone"]


@given(st.text())
def test_an_id_can_stand_in_a_validation_set(text: str) -> None:
    name = candidate_of(found(text)).id
    assert name == name.strip()
    assert name.isprintable()
    assert 0 < len(name) <= LONGEST_ID
    assert candidate_of(found(text, source="elsewhere:9")).id == name


def test_the_split_is_that_of_the_hash_unless_given() -> None:
    one = candidate_of(found("Which one is it?"))
    assert one.split == split_of(one.id)
    given_split = "train" if one.split != "train" else "test"
    assert candidate_of(found("Which one is it?"), split=given_split).split == given_split  # type: ignore[arg-type]


def test_the_id_of_a_conversation_is_named_after_its_last_question() -> None:
    turns = (
        Message(role="user", content="First thing"),
        Message(role="assistant", content="Yes."),
        Message(role="user", content="And then what?"),
    )
    assert candidate_of(found(turns)).id.startswith("and-then-what-")


@pytest.mark.parametrize("text", ["そうですか", "???", "Ünï"])
def test_any_script_gets_an_id(text: str) -> None:
    assert candidate_of(found(text)).id.isascii()
