"""A function gets what its parameters ask for; one with two gets two texts, as ever."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from skillopt.adapters.targets.parameters import parameters_of
from skillopt.core.evaluation import task as task_module
from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.task import Task

TASK = Task(id="t", split="train", input="asked", expected="x", checks=(Exact(type="exact"),))
FOLDER = Path("folder")


def two(text: Any, question: Any) -> Any:
    return (text, question)


def named_task(skill: Any, task: Any) -> Any:
    return (skill, task)


def with_default(skill: Any, question: Any, temperature: float = 0.5) -> Any:
    return (skill, question, temperature)


def annotated(skill: str, task: Task) -> Any:
    return (skill, task)


def annotated_by_module(skill: str, task: task_module.Task) -> Any:
    return (skill, task)


def three(skill: str, task: Any, trial: int) -> Any:
    return (skill, task, trial)


def keywords(text: str, question: str, *, task: Any, trial: int, skill_folder: Any) -> Any:
    return (text, question, task, trial, skill_folder)


def third(text: str, question: str, task: Any) -> Any:
    return (text, question, task)


def by_path(skill_folder: Any, question: str) -> Any:
    return (skill_folder, question)


def path_and_text(skill: str, skill_folder: Any) -> Any:
    return (skill, skill_folder)


def path_and_task(skill_folder: Any, task: Any) -> Any:
    return (skill_folder, task)


def anything(*texts: Any) -> Any:
    return texts


def anything_and_trial(*texts: Any, trial: int) -> Any:
    return (*texts, trial)


class Called:
    def __call__(self, skill: str, question: str, trial: int) -> Any:
        return (skill, question, trial)


def decorated(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any, **named: Any) -> Any:
        return function(*args, **named)

    return wrapper


@pytest.mark.parametrize(
    ("function", "got"),
    [
        (two, ("S", "asked")),
        (named_task, ("S", "asked")),
        (with_default, ("S", "asked", 0.5)),
        (annotated, ("S", TASK)),
        (annotated_by_module, ("S", TASK)),
        (three, ("S", TASK, 3)),
        (keywords, ("S", "asked", TASK, 3, FOLDER)),
        (third, ("S", "asked", TASK)),
        (by_path, (FOLDER, "asked")),
        (path_and_text, ("S", FOLDER)),
        (path_and_task, (FOLDER, TASK)),
        (anything, ("S", "asked")),
        (anything_and_trial, ("S", "asked", 3)),
        (Called(), ("S", "asked", 3)),
        (decorated(three), ("S", TASK, 3)),
        (functools.partial(with_default, temperature=1.0), ("S", "asked", 1.0)),
        (functools.partial(keywords, question="fixed"), ("asked", "fixed", TASK, 3, FOLDER)),
        (max, ("asked",)),
    ],
)
def test_it_gets_what_it_asks_for(function: Any, got: Any) -> None:
    parameters = parameters_of(function)
    called = parameters.call(
        function, skill="S", asked="asked", task=TASK, trial=3, skill_folder=FOLDER
    )
    assert got in [called, (called,)]
    assert parameters.wants_folder == (FOLDER in got)
