"""A task: what the target is asked, and how its answer is checked."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal

from pydantic import Field, field_validator

from skillopt.core.evaluation.checks import Check
from skillopt.core.evaluation.task_file import TaskFile, task_files
from skillopt.core.value import Value, content_hash, is_empty

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")


class Message(Value):
    """One message of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


class Task(Value):
    """One task of a validation set."""

    id: str
    """Unique in its validation set."""
    split: Split
    input: str | tuple[Message, ...]
    """What the target is asked: one text, or a conversation whose last turn it answers."""
    checks: tuple[Check, ...]
    """At least one; how an answer is scored."""
    expected: Any = None
    """The right answer, where there is one: text, number, or JSON content."""
    tags: tuple[str, ...] = ()
    weight: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    """Its share in the mean score, beside 1 for an ordinary task."""
    scoring: Literal["mean", "all"] = "mean"
    """`mean`: the score is the weighted mean of the checks; `all`: their minimum."""
    cluster: str | None = None
    """Tasks of one cluster (a repository, a template) are one unit: the gate flips all of them."""
    protected: bool = False
    """A sentinel: a candidate that breaks it is vetoed."""
    loading: bool = Field(default=False, exclude_if=is_empty)
    """The target is shown the skills' descriptions alone, and says which it would load."""
    files: tuple[TaskFile, ...] = Field(default=(), exclude_if=is_empty)
    """What its workspace holds at the start, for targets that have one. A mapping of path to text
    or bytes will do."""
    git: bool = Field(default=False, exclude_if=is_empty)
    """Its workspace is a git repository, with these files in one commit."""

    @field_validator("files", mode="before")
    @classmethod
    def _from_mapping(cls, given: object) -> object:
        return task_files(given)

    @cached_property
    def messages(self) -> tuple[Message, ...]:
        """The input as a conversation."""
        if isinstance(self.input, str):
            return (Message(role="user", content=self.input),)
        return self.input

    @cached_property
    def text(self) -> str:
        """The input as one text, for prompts and for finding duplicates."""
        if isinstance(self.input, str):
            return self.input
        return "\n\n".join(f"{message.role}: {message.content}" for message in self.input)

    @cached_property
    def digest(self) -> str:
        """Names all that makes a rollout of this task what it is; its split is no part of that."""
        digested = self.model_dump(mode="json", include=_DIGESTED)
        if self.files:
            digested["files"] = [[file.path, file.digest, file.executable] for file in self.files]
        return content_hash(digested)


_DIGESTED = {"id", "input", "checks", "expected", "scoring", "git", "loading"}
