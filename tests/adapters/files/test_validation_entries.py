"""What a validation set's file may say, and complaints about what it says instead."""

from __future__ import annotations

from typing import Any

import pytest

from skillopt.adapters.files.documents import Document
from skillopt.adapters.files.validation_entries import Entry, Header, entry_at, header_of
from skillopt.core.evaluation.checks import Exact, Number
from skillopt.core.evaluation.validation_set import split_of
from skillopt.errors import ValidationSetError

EXACT, NUMBER = Exact(type="exact"), Number(type="number")


def document(content: Any) -> Document:
    return Document("t.yaml", content, {(): 1, ("tasks",): 2, ("tasks", 0): 3})


def complaint(content: Any) -> str:
    with pytest.raises(ValidationSetError) as error:
        first_entry(document(content))
    return str(error.value)


def first_entry(made: Document) -> Entry:
    return entry_at(made, 0, header_of(made).tasks[0])


def test_a_header_keeps_its_tasks_as_they_are() -> None:
    header = header_of(document({"name": "x", "checks": [{"type": "exact"}], "tasks": [1, {}]}))
    assert (header.name, header.checks, header.tasks) == ("x", (EXACT,), (1, {}))


def test_what_a_task_leaves_out_comes_from_the_header_or_its_id() -> None:
    header = Header(checks=(EXACT,), scoring="all")
    task = entry_at(document({}), 0, {"id": "a", "input": "x"}).task(header)
    assert (task.checks, task.scoring, task.split) == ((EXACT,), "all", split_of("a"))
    assert (task.weight, task.tags, task.cluster, task.protected) == (1.0, (), None, False)


def test_what_a_task_says_wins() -> None:
    header = Header(checks=(EXACT,), scoring="all")
    entry = Entry(id="a", input="x", split="test", checks=(NUMBER,), scoring="mean", weight=3)
    task = entry.task(header)
    assert (task.checks, task.scoring, task.split) == ((NUMBER,), "mean", "test")
    assert Entry(id="a", input="x", checks=()).task(header).checks == ()


TASK = {"id": "a", "input": "x"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "t.yaml:1: a validation set is a mapping with `tasks`, got nothing"),
        ([], "t.yaml:1: a validation set is a mapping with `tasks`, got a list"),
        ({}, "t.yaml:1: there are no `tasks`"),
        ({"tasks": {"a": 1}}, "t.yaml:2: `tasks` must be a list, got a mapping with a"),
        ({"crtieria": {}, "tasks": [TASK]}, "unknown field 'crtieria'; did you mean 'criteria'?"),
        ({"tasks": [5]}, "t.yaml:3: a task must be a mapping with `id` and `input`, got the num"),
        ({"tasks": [{**TASK, "splt": "test"}]}, "t.yaml:3: task 'a': unknown field 'splt'; did"),
        ({"tasks": [{"id": "a"}]}, "`input`"),
        ({"tasks": [{**TASK, "split": "tset"}]}, "`split` must be 'train', 'validation' or 'test'"),
        ({"tasks": [{**TASK, "weight": 0}]}, "weight"),
        ({"tasks": [{**TASK, "checks": [{"type": "exct"}]}]}, "exact"),
        ({"tasks": [{**TASK, "expected": {1: 2}}]}, "the key 1 is not text"),
    ],
)
def test_a_complaint_names_place_value_and_rule(content: Any, said: str) -> None:
    assert said in complaint(content)
