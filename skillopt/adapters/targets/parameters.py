"""What a function of the caller's own is called with, by the parameters that it has."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skillopt.core.evaluation.task import Task

_BY_POSITION = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_BY_NAME = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
_TELLING = frozenset({"trial", "skill_folder"})
"""Names that only a function has which knows of them."""


@dataclass(frozen=True)
class Parameters:
    """How a function is called.

    The first two of its parameters get the skill's text and the task's input. `trial`,
    `skill_folder` and a further `task` get what their names say; `task` as the second parameter is
    the input, as it always was, unless it is annotated as a Task, or `trial` or `skill_folder`
    stands beside it. Beside `skill_folder` a single parameter that is not called `skill` gets the
    input.
    """

    places: tuple[str, ...] = ("skill", "input")
    """What it is passed by position, in order."""
    named: frozenset[str] = frozenset()
    """What it is passed by name."""

    @property
    def wants_folder(self) -> bool:
        """The skill has to be written out for it."""
        return "skill_folder" in {*self.places, *self.named}

    def call(
        self,
        function: Callable[..., Any],
        *,
        skill: str,
        asked: object,
        task: Task,
        trial: int,
        skill_folder: Path | None,
    ) -> Any:
        """Call ``function`` with what it wants of all this."""
        given: Mapping[str, Any] = {
            "skill": skill,
            "input": asked,
            "task": task,
            "trial": trial,
            "skill_folder": skill_folder,
        }
        places = [given[name] for name in self.places]
        return function(*places, **{name: given[name] for name in sorted(self.named)})


def parameters_of(function: object) -> Parameters:
    """How ``function`` is called; with two texts where its parameters cannot be read."""
    try:
        found = list(inspect.signature(function).parameters.values())  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return Parameters()
    names = {one.name for one in found if one.kind in _BY_NAME}
    named = set(names & _TELLING)
    if _knows_task(found, names):
        named.add("task")
    return _ordered(found, named) if named else Parameters()


def _ordered(found: Sequence[inspect.Parameter], named: set[str]) -> Parameters:
    texts = _texts(found, named)
    places: list[str] = []
    for one in found:
        if one.kind is inspect.Parameter.VAR_POSITIONAL:
            places += texts
        if one.kind not in _BY_POSITION or not (one.name in named or texts):
            break  # it has a default, or is passed by name
        places.append(one.name if one.name in named else texts.pop(0))
    return Parameters(tuple(places), frozenset(named - set(places)))


def _texts(found: Sequence[inspect.Parameter], named: set[str]) -> list[str]:
    """What the parameters get whose names say nothing."""
    if any(one.kind is inspect.Parameter.VAR_POSITIONAL for one in found):
        return ["skill", "input"]
    others = [one for one in found if one.kind in _BY_POSITION and one.name not in named][:2]
    if len(others) == 1 and "skill_folder" in named and others[0].name != "skill":
        return ["input"]
    return ["skill", "input"][: len(others)]


def _knows_task(found: Sequence[inspect.Parameter], names: set[str]) -> bool:
    """Whether its parameter `task` stands for the Task, and not for the input's text."""
    if "task" not in names:
        return False
    first_two = [one.name for one in found if one.kind in _BY_POSITION][:2]
    own = next(one for one in found if one.name == "task")
    annotated = own.annotation is Task or str(own.annotation).rpartition(".")[2] == "Task"
    return annotated or bool(names & _TELLING) or "task" not in first_two
