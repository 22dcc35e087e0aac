"""Checks: how an answer is scored, each in [0, 1].

The kinds that need nothing but the answer are graded in
:mod:`skillopt.core.evaluation.grading`, those that look at the target's tool calls in
:mod:`skillopt.core.evaluation.trace_grading`; `python`, `command` and `rubric` touch the world and
are run by the grader (:mod:`skillopt.engine.steps.grade`).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from skillopt.core.evaluation.numbers import DecimalSign
from skillopt.core.evaluation.task_file import WorkspacePath
from skillopt.core.foreign_text import AnswerText
from skillopt.core.value import Value, is_absent, is_empty

CHECK_SECONDS = 30.0
"""What a check may take where it says nothing else."""


class CheckBase(Value):
    """What every check has."""

    criterion: str | None = None
    """The named criterion this check answers for."""
    weight: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    """Its share in the task's score where scoring is `mean`."""
    says: str | None = Field(default=None, min_length=1, exclude_if=is_absent)
    """What it wants, in plain words: shown to the optimizer in place of how it is checked. Left out
    where there is none, so that a task keeps its digest."""


class Exact(CheckBase):
    """The answer is exactly the value, white space around both apart."""

    type: Literal["exact"]
    value: str | None = None
    """Default: the task's `expected`."""
    ignore_case: bool = False


class Contains(CheckBase):
    """The answer contains the value, or every one of them."""

    type: Literal["contains"]
    value: str | tuple[str, ...] | None = None
    """Default: the task's `expected`."""
    ignore_case: bool = False
    absent: bool = False
    """Turn it round: none of the values may occur."""


class Regex(CheckBase):
    """A regular expression is found in the answer."""

    type: Literal["regex"]
    pattern: str
    absent: bool = False
    """Turn it round: the pattern may not be found."""


class Number(CheckBase):
    """The last number in the answer lies within the tolerance of the value."""

    type: Literal["number"]
    value: float | None = Field(default=None, allow_inf_nan=False)
    """Default: the task's `expected`."""
    absolute: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    relative: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    decimal: DecimalSign | None = Field(default=None, exclude_if=is_absent)
    """The decimal sign of the answers, so that `1,234` has one meaning; None: the rule of
    :mod:`skillopt.core.evaluation.numbers`. Left out where it is the default, so that a task keeps
    its digest."""


class Json(CheckBase):
    """The answer is JSON that equals the value, includes it, or fits a schema."""

    type: Literal["json"]
    mode: Literal["equal", "subset", "schema"] = "equal"
    at: str | None = None
    """Compare only this field; dots go deeper (`address.city`)."""
    value: Any = None
    """Default: the task's `expected` (for `schema`, the schema is required here)."""


class Python(CheckBase):
    """A Python callable `module:function`, called with the answer and the task.

    It returns a bool, a score in [0, 1], or a score and a sentence of feedback.
    The module may lie beside the validation set. In Python programs `own:<name>` is the callable
    that the caller gives as `checks={"<name>": ...}`.
    """

    type: Literal["python"]
    call: str = Field(pattern=r"^[\w.]+:\w+$")
    timeout: float = Field(
        default=CHECK_SECONDS,
        gt=0,
        allow_inf_nan=False,
        exclude_if=lambda seconds: seconds == CHECK_SECONDS,
    )
    """Seconds; a callable that takes longer is missing data, not a failure of the target. Left out
    where it is the default, so that a task keeps its digest."""
    isolated: bool = Field(default=False, exclude_if=is_empty)
    """Run it in a worker process, which may crash without harm. Left out likewise."""


class Command(CheckBase):
    """A command that reads the answer on standard input; exit code 0 is a pass."""

    type: Literal["command"]
    argv: tuple[str, ...] = Field(min_length=1)
    timeout: float = Field(default=CHECK_SECONDS, gt=0, allow_inf_nan=False)
    """Seconds; a command that takes longer is missing data, not a failure of the target."""


Content = Annotated[Exact | Contains | Regex | Number | Json, Field(discriminator="type")]
"""The checks that need nothing but a text."""


class File(CheckBase):
    """A file in the target's workspace is there, and its content passes another check."""

    type: Literal["file"]
    path: WorkspacePath
    """Relative to the workspace, with `/` between its parts."""
    content: Content | None = None
    """A check of the file's text, with the task's `expected` for its default. None: the file has to
    be there."""
    absent: bool = Field(default=False, exclude_if=is_empty)
    """Turn it round: the file may not be there."""


class Rubric(CheckBase):
    """Named criteria that the judge model answers one by one; the score is their mean."""

    type: Literal["rubric"]
    criteria: tuple[str, ...] = Field(min_length=1)
    """Names from the validation set's `criteria`, or criteria in full sentences."""


ToolName = Annotated[str, Field(min_length=1)]
"""As the target's trace spells it."""


class ToolUsed(CheckBase):
    """The target used a tool, or every one of them."""

    type: Literal["tool_used"]
    name: ToolName | tuple[ToolName, ...]
    at_least: int = Field(default=1, ge=0)
    """Calls of each."""
    at_most: int | None = Field(default=None, ge=0)
    """None: as many as it likes."""


class ToolNotUsed(CheckBase):
    """The target did not use a tool, or none of them."""

    type: Literal["tool_not_used"]
    name: ToolName | tuple[ToolName, ...] | None = None
    """None: no tool at all."""


class ToolOrder(CheckBase):
    """The target used tools in this order; others may come between."""

    type: Literal["tool_order"]
    names: tuple[ToolName, ...] = Field(min_length=1)
    exact: bool = False
    """These calls and no others."""


class ToolArguments(CheckBase):
    """The target called a tool with these arguments."""

    type: Literal["tool_arguments"]
    name: ToolName
    arguments: dict[str, Any]
    match: Literal["subset", "equal", "regex"] = "subset"
    """`subset`: the call may have more than these; `regex`: each is a pattern that is found in the
    call's argument, in its JSON where it is no text."""
    at_least: int = Field(default=1, ge=0)
    """Calls that match."""
    at_most: int | None = Field(default=None, ge=0)
    """None: as many as it likes."""


class SkillLoaded(CheckBase):
    """The target loaded a skill, by its client's tool or by reading its SKILL.md."""

    type: Literal["skill_loaded"]
    skill: ToolName
    """The skill's name."""
    absent: bool = False
    """Turn it round: the skill may not be loaded."""


TraceCheck = ToolUsed | ToolNotUsed | ToolOrder | ToolArguments | SkillLoaded
"""The checks that look at what the target did, and not at its answer."""

Check = Annotated[
    Exact | Contains | Regex | Number | Json | Python | Command | File | Rubric | TraceCheck,
    Field(discriminator="type"),
]


class CheckResult(Value):
    """What one check found."""

    criterion: AnswerText
    """The check's criterion, or its type where it has none."""
    score: float = Field(ge=0, le=1)
    feedback: AnswerText = ""
    """What was found and what was asked, for the optimizer and the reader of the ledger."""
