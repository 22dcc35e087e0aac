"""A task asked in other words than its own: a probe of the target, never a plain rollout.

It has the id, the checks and the input of its task, so that the answer is graded as that task's
is, by a judge too. Its digest is its own, so that what it is asked is never taken for the task.
"""

from __future__ import annotations

from functools import cached_property

from pydantic import Field

from skillopt.core.evaluation.task import Message, Task
from skillopt.core.value import content_hash


class AskedTask(Task):
    """A task, and what the target is asked in place of its input."""

    asked: str | tuple[Message, ...]
    manner: str = Field(min_length=1)
    """How it is asked: `self-check`, `second attempt`, `variant preamble` and the like."""
    assessed: bool = False
    """The target is asked to assess its answer after an end marker."""

    @cached_property
    def digest(self) -> str:
        """Names the task and how it is asked: no task of a validation set has it."""
        asked = self.model_dump(mode="json", include={"asked"})["asked"]
        return content_hash(["asked", self.manner, asked, super().digest])


def asked_as(
    task: Task, asked: str | tuple[Message, ...], *, manner: str, assessed: bool = False
) -> AskedTask:
    """``task``, asked with ``asked``."""
    fields = {name: getattr(task, name) for name in Task.model_fields}
    return AskedTask(**fields, asked=asked, manner=manner, assessed=assessed)


def for_target(task: Task) -> Task:
    """The task as the target gets it."""
    if not isinstance(task, AskedTask):
        return task
    fields = {name: getattr(task, name) for name in Task.model_fields}
    return Task(**{**fields, "input": task.asked})


def with_last_turn(task: Task, before: str = "", after: str = "") -> str | tuple[Message, ...]:
    """The task's input with texts around the last turn of its user, a blank line between them.

    A conversation that ends with another turn gets ``after`` as a turn of the user's own.
    """
    if isinstance(task.input, str):
        return _joined(before, task.input, after)
    *earlier, last = task.input
    if last.role == "user":
        content = _joined(before, last.content, after)
        return (*earlier, Message(role="user", content=content))
    added = _joined(before, after)
    return (*task.input, Message(role="user", content=added)) if added else task.input


def _joined(*parts: str) -> str:
    return "\n\n".join(filter(None, parts))
