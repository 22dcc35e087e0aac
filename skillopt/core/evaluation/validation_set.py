"""A validation set: the tasks a skill is measured on, in three splits, and the rules they keep."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import Field, model_validator

from skillopt.core.evaluation.check_rules import flaw_in_check, flaw_in_expected, not_json
from skillopt.core.evaluation.checks import Rubric
from skillopt.core.evaluation.task import SPLITS, Split, Task
from skillopt.core.evaluation.task_file import flaw_in_files
from skillopt.core.value import Value, content_hash, is_empty
from skillopt.errors import ValidationSetError

if TYPE_CHECKING:
    from skillopt.core.evaluation.leak_index import LeakIndex
    from skillopt.core.evaluation.near_copies import NearCopy

TRAIN_SHARE, VALIDATION_SHARE = 0.25, 0.45
"""Of the tasks whose split is not given; the rest is the sealed test."""

LONGEST_ID = 200

MOST_SAID = 20
"""Sentences of checks under one name that the optimizer gets with the criteria."""

Place = tuple[str | int, ...]
"""Where something stands in a validation set, as keys and indices: `("tasks", 3, "input")`."""


class Flaw(NamedTuple):
    """A broken rule, where, and how to fix it."""

    place: Place
    message: str
    first: Place | None = None
    """Where a thing stands that is there twice."""


class ValidationSet(Value):
    """Tasks in the splits `train`, `validation` and `test`.

    A split may be empty where nothing is asked of it: see :meth:`check_filled`.

    Raises:
        ValidationSetError: on construction, for the first broken rule.
    """

    name: str
    description: str = ""
    criteria: dict[str, str] = Field(default_factory=dict)
    """What checks refer to by name, each in a sentence."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """What `skillopt tune` uses where flags and toml are silent; not validated here."""
    tasks: tuple[Task, ...]
    folder: str | None = None
    """Where the set was read from: modules of `python` checks may lie there, and `command` checks
    run there. No part of its digest."""
    imported: tuple[str, ...] = Field(default=(), exclude_if=is_empty)
    """What was read from another format, and what of it was not taken over, in sentences. No part
    of its digest."""

    @model_validator(mode="after")
    def _keeps_the_rules(self) -> ValidationSet:
        flaw = next(flaws(self.tasks, self.criteria), None)
        if flaw:
            raise ValidationSetError(flaw.message, path=self.name)
        return self

    @cached_property
    def digest(self) -> str:
        """Names all that scores and splits depend on: criteria and tasks, in order."""
        return content_hash([self.criteria, [task.model_dump(mode="json") for task in self.tasks]])

    @cached_property
    def near_copies(self) -> tuple[NearCopy, ...]:
        """Tasks that ask nearly the same and share no cluster; those in two splits come first."""
        from skillopt.core.evaluation.near_copies import near_copies

        return near_copies(self.tasks)

    @cached_property
    def stated_criteria(self) -> dict[str, str]:
        """What the optimizer reads that a good answer keeps to, by name.

        The criteria, and under each check's criterion or type what the checks of train tasks say.
        """
        said: dict[str, dict[str, None]] = {
            name: {sentence: None} for name, sentence in self.criteria.items()
        }
        for check in (check for task in self.split("train") for check in task.checks):
            if check.says:
                said.setdefault(check.criterion or check.type, {})[check.says] = None
        return {name: " / ".join(list(told)[:MOST_SAID]) for name, told in said.items()}

    @cached_property
    def leak_index(self) -> LeakIndex:
        """What gives its tasks and checks away, for the leak screen."""
        from skillopt.core.evaluation.leak_index import LeakIndex

        says = {check.says for task in self.tasks for check in task.checks if check.says}
        declared = (self.name, self.description, *self.criteria, *self.criteria.values())
        return LeakIndex(self.tasks, declared=(*declared, *sorted(says)))

    @property
    def uses_rubric(self) -> bool:
        """Whether any check asks a judge."""
        return any(isinstance(check, Rubric) for task in self.tasks for check in task.checks)

    def split(self, name: Split) -> tuple[Task, ...]:
        """The tasks of one split, in order."""
        return self._by_split[name]

    def check_filled(self, *names: Split) -> None:
        """Check that these splits have tasks.

        Raises:
            ValidationSetError: one has none.
        """
        empty = [name for name in names if not self.split(name)]
        if empty:
            listed = " and ".join(f"`{name}`" for name in empty)
            counts = ", ".join(f"{len(self.split(name))} {name}" for name in SPLITS)
            raise ValidationSetError(
                f"no task is in the split {listed} ({counts}); "
                f"give some tasks `split: {empty[0]}`, or add tasks without a `split`: "
                "a hash of their id spreads them",
                path=self.name,
            )

    @cached_property
    def _by_split(self) -> dict[Split, tuple[Task, ...]]:
        return {name: tuple(task for task in self.tasks if task.split == name) for name in SPLITS}


def split_of(task_id: str) -> Split:
    """The split of a task that names none, from nothing but its id.

    A stable hash: adding or removing tasks never moves another one.
    """
    share = hash_share(task_id)
    if share < TRAIN_SHARE:
        return "train"
    return "validation" if share < TRAIN_SHARE + VALIDATION_SHARE else "test"


def hash_share(task_id: str) -> float:
    """Where an id's hash falls, in [0, 1)."""
    hashed = hashlib.sha256(b"skillopt split\n" + task_id.encode("utf-8", "surrogatepass"))
    return int.from_bytes(hashed.digest()[:8], "big") / 2**64


def flaws(tasks: Sequence[Task], criteria: Mapping[str, str]) -> Iterator[Flaw]:
    """Every broken rule, those of single tasks first."""
    if not tasks:
        yield Flaw(("tasks",), "there are no tasks; add some under `tasks`")
        return
    known_good: dict[int, object] = {}
    for index, task in enumerate(tasks):
        yield from _task_flaws(index, task, criteria, known_good)
    yield from _repeated(tasks)


def _task_flaws(
    index: int, task: Task, criteria: Mapping[str, str], known_good: dict[int, object]
) -> Iterator[Flaw]:
    place = ("tasks", index)
    title = f"task {task.id[:LONGEST_ID]!r}: "
    complaint = _id_complaint(task.id)
    if complaint:
        yield Flaw((*place, "id"), f"task id {task.id[:80]!r} {complaint}")
    complaint = _input_complaint(task)
    if complaint:
        yield Flaw((*place, "input"), title + complaint)
    complaint = flaw_in_files(task.files)
    if complaint:
        yield Flaw((*place, "files"), f"{title}`files`: {complaint}")
    odd = not_json(task.expected)
    if odd:
        yield Flaw((*place, "expected"), f"{title}`expected`: {odd}")
    if not task.checks:
        message = "no checks; give the task `checks`, or the header default ones"
        yield Flaw((*place, "checks"), title + message)
    for number, check in enumerate(task.checks):
        if id(check) not in known_good:  # most tasks share the header's checks
            flaw = flaw_in_check(check, criteria)
            if flaw:
                message = f"{title}`{flaw.field}` of its `{check.type}` check: {flaw.message}"
                yield Flaw((*place, "checks", number, flaw.field), message)
                continue
            known_good[id(check)] = check
        complaint = flaw_in_expected(check, task.expected)
        if complaint:
            yield Flaw((*place, "expected"), title + complaint)


def _id_complaint(task_id: str) -> str | None:
    if not task_id.strip() or task_id != task_id.strip():
        return "is empty or has white space around it"
    if len(task_id) > LONGEST_ID:
        return f"is longer than {LONGEST_ID} characters"
    return None if task_id.isprintable() else "has characters that cannot be printed"


def _input_complaint(task: Task) -> str | None:
    if not isinstance(task.input, str) and not task.input:
        return "`input` is an empty conversation"
    if not isinstance(task.input, str) and task.input[-1].role != "user":
        return "the conversation in `input` must end with a message of the user"
    if not all(message.content.strip() for message in task.messages):
        return "`input` is empty; say what the target is asked"
    odd = next((odd for message in task.messages if (odd := not_json(message.content))), None)
    return f"`input`: {odd}" if odd else None


def _repeated(tasks: Sequence[Task]) -> Iterator[Flaw]:
    ids: dict[str, int] = {}
    inputs: dict[str, int] = {}
    for index, task in enumerate(tasks):
        first = ids.setdefault(task.id, index)
        if first != index:
            message = f"the task id {task.id!r} is there twice; ids must be unique"
            yield Flaw(("tasks", index, "id"), message, ("tasks", first, "id"))
        first = inputs.setdefault(_asked(task), index)
        other = tasks[first]
        if other.split != task.split:
            message = (
                f"task {task.id!r} in split `{task.split}` asks the same as task {other.id!r} in "
                f"`{other.split}`, so that one would give the other away: "
                "put both into one split, or drop one"
            )
            yield Flaw(("tasks", index, "input"), message, ("tasks", first, "input"))


def _asked(task: Task) -> str:
    """What a task asks: of the same words about other files it is another task."""
    text = " ".join(task.text.casefold().split())
    files = [[file.path, file.digest] for file in task.files]
    return content_hash([text, files]) if files else text
