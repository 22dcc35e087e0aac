"""A task: its input as a conversation and as a text, and what names it."""

from __future__ import annotations

from typing import Any

import pytest

from skillopt.core.evaluation.checks import Exact, Number
from skillopt.core.evaluation.task import Message, Task

TALK = (Message(role="user", content="Hi"), Message(role="assistant", content="Yes?"),
        Message(role="user", content="Where?"))  # fmt: skip


def task(**more: Any) -> Task:
    fields = {"id": "t", "split": "train", "input": "Where?", "checks": (Exact(type="exact"),)}
    return Task.model_validate({**fields, **more})


def test_a_text_is_one_message_of_the_user() -> None:
    assert task().messages == (Message(role="user", content="Where?"),)
    assert task().text == "Where?"


def test_a_conversation_is_shown_turn_by_turn() -> None:
    made = task(input=TALK)
    assert made.messages == TALK
    assert made.text == "user: Hi\n\nassistant: Yes?\n\nuser: Where?"


@pytest.mark.parametrize(
    "more",
    [
        {"id": "u"},
        {"input": "Who?"},
        {"input": TALK},
        {"expected": "here"},
        {"scoring": "all"},
        {"checks": (Number(type="number"),)},
    ],
)
def test_what_makes_a_rollout_what_it_is_is_in_the_digest(more: dict[str, Any]) -> None:
    assert task(**more).digest != task().digest


@pytest.mark.parametrize(
    "more",
    [
        {"split": "test"},
        {"tags": ("x",)},
        {"weight": 3.0},
        {"cluster": "kin"},
        {"protected": True},
    ],
)
def test_where_it_stands_and_what_it_counts_is_not(more: dict[str, Any]) -> None:
    assert task(**more).digest == task().digest
