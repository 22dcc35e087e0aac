from __future__ import annotations

import pytest

from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.mining.candidate import input_text

TURNS = (Message(role="user", content="one"), Message(role="assistant", content="two"),
         Message(role="user", content="three"))  # fmt: skip


@pytest.mark.parametrize("asked", ["one\ntwo", TURNS])
def test_the_text_is_that_of_the_task_it_becomes(asked: str | tuple[Message, ...]) -> None:
    task = Task(id="t", split="train", input=asked, checks=(Exact(type="exact"),))
    assert input_text(asked) == task.text
