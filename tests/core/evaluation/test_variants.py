"""Wrapped variants: the task is whole in each, and the same seed makes the same ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.evaluation.asked import for_target
from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.evaluation.variants import (
    ALL_KINDS,
    ERRORS,
    KINDS,
    Exchanged,
    earlier_errors,
    variants,
)


def task(name: str = "t", text: str = "Where is the saw?") -> Task:
    return Task(
        id=name, split="train", input=text, expected="secret", checks=(Exact(type="exact"),)
    )


HISTORY = (Exchanged("Where is the cake?", "tools"), Exchanged("Where is the drill?", "bakery"))


@given(st.text(min_size=1, max_size=40), st.integers(0, 99), st.integers(1, 9), st.booleans())
def test_the_task_is_whole_in_every_variant(
    text: str,
    seed: int,
    count: int,
    converses: bool,  # noqa: FBT001 - drawn
) -> None:
    made = variants(task(text=text), count=count, seed=seed, errors=HISTORY, converses=converses)
    assert 0 < len(made) <= count
    for kind, one in made:
        assert kind in KINDS
        assert for_target(one).messages[-1].content.count(text) >= 1
        assert for_target(one).input != text
        assert "secret" not in for_target(one).text


def test_the_same_seed_makes_the_same_and_another_one_others() -> None:
    def made(seed: int) -> list[str]:
        tasks = [task(f"t{number}") for number in range(12)]
        return [one.digest for each in tasks for _, one in variants(each, count=1, seed=seed)]

    assert made(1) == made(1)
    assert made(1) != made(2)


def test_one_variant_a_task_is_of_every_kind_over_the_tasks() -> None:
    tasks = [task(f"t{number}") for number in range(40)]
    kinds = {kind for one in tasks for kind, _ in variants(one, count=1, seed=0, errors=HISTORY)}
    assert kinds == set(KINDS)


def test_variants_of_a_task_differ_and_have_all_kinds() -> None:
    made = variants(task(), count=3, seed=0, errors=HISTORY)
    assert {kind for kind, _ in made} == set(KINDS)
    assert len({one.digest for _, one in variants(task(), count=9, seed=0, errors=HISTORY)}) == 7


def test_what_does_not_suit_is_left_out() -> None:
    assert variants(task(), count=3, seed=0, kinds=("errors", "order")) == ()
    talk = task().model_copy(update={"input": (Message(role="user", content="a\n\nb"),)})
    assert variants(talk, count=3, seed=0, kinds=("order",)) == ()


@pytest.mark.parametrize("text", ["one\n\ntwo", "a\n\nb\n\nc", "\n\n".join("abcdefgh")])
def test_paragraphs_change_their_order_and_none_is_lost(text: str) -> None:
    ((_, made),) = variants(task(text=text), count=1, seed=3, kinds=("order",))
    asked = for_target(made).input
    assert isinstance(asked, str)
    assert asked != text
    assert sorted(asked.split("\n\n")) == sorted(text.split("\n\n"))


def test_earlier_errors_are_turns_for_a_target_that_converses() -> None:
    talk = task().model_copy(
        update={"input": (Message(role="system", content="S"), Message(role="user", content="U"))}
    )
    ((_, made),) = variants(talk, count=1, seed=0, errors=HISTORY, kinds=("errors",))
    roles = [message.role for message in for_target(made).messages]
    assert roles == ["system", "user", "assistant", "user", "assistant", "user"]


def test_own_failures_come_first_and_the_task_itself_never() -> None:
    answered = [(task(f"t{number}", f"task {number}"), f"desk {number}", number != 4)
                for number in range(6)]  # fmt: skip
    for seed in range(20):
        found = earlier_errors(answered[0][0], answered, seed=seed)
        assert len(found) == ERRORS
        assert found[0] == Exchanged("task 4", "desk 4")
        assert all(one.task != "task 0" for one in found)
        assert found[1].task.split()[1] != found[1].answer.split()[1]


def test_where_all_answers_are_right_and_alike_there_is_no_error_to_show() -> None:
    answered = [(task(f"t{number}"), "Yes", True) for number in range(4)]
    assert earlier_errors(task("t0"), answered, seed=0) == ()


def test_every_kind_is_named_once() -> None:
    assert set(ALL_KINDS) == {*KINDS, "order"}
