"""Leaks in the sentence that names an idea."""

from __future__ import annotations

import pytest

from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.leak_index import LeakIndex
from skillopt.core.evaluation.task import Split, Task
from skillopt.core.proposals.idea_leaks import leaks_in_idea
from skillopt.core.proposals.leak import LeakPolicy
from tests.scripted import SKILL

INPUT = "Our blue badge reader in Lisbon refuses everybody."


def found(idea: str, *, split: Split = "validation", policy: LeakPolicy = "strict") -> list[str]:
    task = Task(id="a", split=split, input=INPUT, expected="x", checks=(Exact(type="exact"),))
    index = LeakIndex([task])
    return [leak.text for leak in leaks_in_idea(idea, SKILL, index=index, policy=policy)]


def test_an_idea_that_quotes_a_held_out_task_is_named() -> None:
    [said] = found(f"because of {INPUT}")
    assert said.startswith("the idea repeats the input of a validation task: ")


@pytest.mark.parametrize(
    ("split", "policy"), [("train", "strict"), ("validation", "off"), ("test", "off")]
)
def test_train_tasks_may_be_named_and_the_screen_may_be_off(
    split: Split, policy: LeakPolicy
) -> None:
    assert found(f"because of {INPUT}", split=split, policy=policy) == []


def test_an_idea_in_words_of_its_own_passes() -> None:
    assert found("doors and badges go to another desk") == []
