"""How a target is asked again: with its answer, and without a verdict."""

from __future__ import annotations

from skillopt.core.evaluation.asked import for_target
from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.second_attempt import EARLIER, REQUEST, second_attempt
from skillopt.core.evaluation.task import Message, Task

TASK = Task(id="t", split="train", input="Where?", expected="x", checks=(Exact(type="exact"),))


def test_a_target_that_converses_gets_turns() -> None:
    asked = for_target(second_attempt(TASK, "here", converses=True))
    assert asked.input == (
        Message(role="user", content="Where?"),
        Message(role="assistant", content="here"),
        Message(role="user", content=REQUEST),
    )


def test_a_target_that_takes_texts_gets_one_text() -> None:
    asked = for_target(second_attempt(TASK, "here", converses=False))
    assert asked.input == f"Where?\n\n{EARLIER}\n\nhere\n\n{REQUEST}"


def test_a_conversation_stays_one() -> None:
    talk = TASK.model_copy(update={"input": (Message(role="user", content="Where?"),)})
    asked = for_target(second_attempt(talk, "here", converses=False))
    assert isinstance(asked.input, tuple)


def test_another_first_answer_is_another_rollout() -> None:
    one, other = (second_attempt(TASK, said, converses=True) for said in ("here", "there"))
    assert one.digest != other.digest


def test_the_request_is_neutral() -> None:
    words = set(REQUEST.lower().replace(".", " ").replace(",", " ").split())
    assert not words & {"wrong", "right", "correct", "incorrect", "error", "mistake", "mistakes"}
