"""What every format's reader takes and gives: names of fields, drafts of tasks, and the report."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

from pydantic import Field

from skillopt.core.evaluation.validation_set import Place
from skillopt.core.value import Value

Format = Literal[
    "promptfoo",
    "evals.json",
    "inspect",
    "openai-evals",
    "langsmith",
    "mlflow",
    "dspy",
    "gepa",
    "rows",
]
ExpectedCheck = Literal["exact", "contains", "number", "json", "rubric"]

Fields = dict[str, Any]
"""JSON content by field."""

MOST_SAID = 20
"""Kinds of refusals that are said; --json has all of them."""


class FieldNames(Value):
    """Fields that the caller names, in place of those that are recognised."""

    input: tuple[str, ...] = ()
    """Joined in this order; dots go deeper (`inputs.question`)."""
    expected: str | None = None
    id: str | None = None
    split: str | None = None
    check: ExpectedCheck | None = None
    """How an expected answer is compared."""


class Draft(Value):
    """A record as a task: what the format says of it, before ids and splits are settled."""

    place: Place
    """Where the record stands in its file."""
    record: int
    """Its number, from 1."""
    input: str | tuple[Fields, ...]
    expected: Any = None
    checks: tuple[Fields, ...] | None = None
    """None where the expected answer is all there is."""
    id: str | None = None
    title: str | None = None
    """What an id is made from where there is none."""
    split: str | None = None
    """As the file spells it."""
    tags: tuple[str, ...] = ()
    files: Fields = Field(default_factory=dict)
    """What its workspace holds."""


class Counted(Value):
    """Something that was not taken over."""

    what: str
    count: int
    first: int
    """The first record it occurs in, from 1."""


class Report(Value):
    """What was read, and what of it was not taken over."""

    format: Format
    records: int
    tasks: int
    fields: dict[str, str] = Field(default_factory=dict)
    """Where `input`, `expected`, `id` and `split` come from."""
    mapped: dict[str, int] = Field(default_factory=dict)
    """How often each kind of assertion became a check: `icontains -> contains`."""
    refused: tuple[Counted, ...] = ()
    """Assertions and fields that no check or field here stands for."""
    left_out: tuple[Counted, ...] = ()
    """Records that are no task."""
    notes: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """The report in sentences: first what was read, then what was not."""
        taken = f"{_number(self.records, 'record')}, {_number(self.tasks, 'task')}"
        lines = [f"read as {TITLES[self.format]}: {taken}"]
        lines += [f"{name} <- {source}" for name, source in self.fields.items()]
        lines += [f"{what}: {number:,}" for what, number in self.mapped.items()]
        return lines + list(self.notes) + self.warnings

    @property
    def warnings(self) -> list[str]:
        """What was not taken over, in sentences."""
        return [*_said("refused", self.refused), *_said("left out", self.left_out)]


TITLES: dict[Format, str] = {
    "promptfoo": "promptfoo tests",
    "evals.json": "a skill's evals.json",
    "inspect": "inspect samples",
    "openai-evals": "OpenAI evals samples",
    "langsmith": "LangSmith examples",
    "mlflow": "MLflow records",
    "dspy": "DSPy examples",
    "gepa": "GEPA examples",
    "rows": "rows with a question and an answer",
}


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _said(verb: str, found: tuple[Counted, ...]) -> list[str]:
    lines = [
        f"{verb}: {one.what} ({one.count:,}, first in record {one.first})"
        for one in found[:MOST_SAID]
    ]
    more = len(found) - MOST_SAID
    return lines if more <= 0 else [*lines, f"{verb}: and {more:,} more kinds; --json names them"]


class Tally:
    """What is counted while records are read."""

    def __init__(self) -> None:
        self.mapped: Counter[str] = Counter()
        self.fields: dict[str, str] = {}
        self.notes: dict[str, None] = {}
        self.records = 0
        self._refused: dict[str, tuple[int, int]] = {}
        self._left_out: dict[str, tuple[int, int]] = {}

    def begin(self) -> None:
        """The next record is read."""
        self.records += 1

    def refuse(self, what: str) -> None:
        """Count an assertion or a field of the record that has no equal here."""
        count, first = self._refused.get(what, (0, self.records))
        self._refused[what] = (count + 1, first)

    def leave_out(self, why: str, *, record: int | None = None) -> None:
        """Count a record that is no task; by default the one that is being read."""
        count, first = self._left_out.get(why, (0, record or self.records))
        self._left_out[why] = (count + 1, first)

    def note(self, sentence: str) -> None:
        """Say something once."""
        self.notes[sentence] = None

    @property
    def refused(self) -> tuple[Counted, ...]:
        """What was refused, the first kind first."""
        return _counted(self._refused)

    @property
    def left_out(self) -> tuple[Counted, ...]:
        """What was left out, likewise."""
        return _counted(self._left_out)


def _counted(found: dict[str, tuple[int, int]]) -> tuple[Counted, ...]:
    return tuple(
        Counted(what=what, count=count, first=first) for what, (count, first) in found.items()
    )
