"""A task asked in other words: graded as the task, and never taken for it."""

from __future__ import annotations

from skillopt.core.evaluation.asked import asked_as, for_target, with_last_turn
from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.task import Message, Task

TASK = Task(
    id="t", split="train", input="Where?", expected="here", checks=(Exact(type="exact"),), weight=2
)
TALK = (Message(role="user", content="Hi"), Message(role="assistant", content="Yes?"))


def test_it_has_all_of_its_task_but_a_digest_of_its_own() -> None:
    made = asked_as(TASK, "Please: where?", manner="variant politeness")
    fields = {name: getattr(made, name) for name in Task.model_fields}
    assert fields == {name: getattr(TASK, name) for name in Task.model_fields}
    assert made.digest != TASK.digest


def test_the_same_words_asked_as_a_task_of_their_own_have_another_digest() -> None:
    made = asked_as(TASK, "Please: where?", manner="variant politeness")
    assert for_target(made).input == "Please: where?"
    assert made.digest != for_target(made).digest


def test_the_manner_and_the_words_both_name_it() -> None:
    digests = {
        asked_as(TASK, words, manner=manner).digest
        for words in ("Where?", "Where, please?")
        for manner in ("self-check", "second attempt")
    }
    assert len(digests) == 4


def test_a_task_of_the_set_is_given_as_it_is() -> None:
    assert for_target(TASK) is TASK


def test_the_last_turn_of_the_user_is_wrapped() -> None:
    task = TASK.model_copy(update={"input": (*TALK, Message(role="user", content="Where?"))})
    *earlier, last = with_last_turn(task, before="Now:", after="Thanks.")
    assert tuple(earlier) == TALK
    assert last == Message(role="user", content="Now:\n\nWhere?\n\nThanks.")


def test_a_conversation_that_ends_with_the_target_gets_a_turn_more() -> None:
    task = TASK.model_copy(update={"input": TALK})
    assert with_last_turn(task, after="Go on.") == (*TALK, Message(role="user", content="Go on."))
    assert with_last_turn(task) == TALK
