"""The rule language as values: what the reader can read in a skill.

The grammar, with examples, is in docs/practice-models.md; :mod:`.rules` parses it.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from skillopt.core.skill.document import Span
from skillopt.core.value import Value

ANSWER = "answer"
"""The name of the one field that answers without fields have."""


class Source(StrEnum):
    """What the reader can find in an input by itself."""

    HOUR = "the hour"
    MINUTE = "the minute"
    FIRST_NUMBER = "the first number"
    FIRST_SENTENCE = "the first sentence"
    FIRST_LINE = "the first line"
    WHOLE_INPUT = "the whole input"
    QUOTED = "the first text in quotes"
    MATCH = "the first match of"


class Literally(Value):
    """A value that stands in the skill."""

    text: str


class Taken(Value):
    """A value taken from the input."""

    source: Source
    pattern: str = ""
    """The regular expression of `the first match of`."""


class Setting(Value):
    """What a rule does to one field."""

    field: str
    value: Literally | Taken


class Condition(Value):
    """When a rule speaks: one phrase of every group is mentioned, and none of ``none``."""

    every: tuple[tuple[str, ...], ...] = ()
    none: tuple[str, ...] = ()


class Rule(Value):
    """One rule and where it stands."""

    span: Span
    condition: Condition | None
    """None: always."""
    settings: tuple[Setting, ...]
    default: bool = False
    """Speaks only where no other rule does."""


class ShapeKind(StrEnum):
    """What can be asked of a field's wording; applied in this order."""

    DROP = "drop"
    LOWER = "lower"
    UPPER = "upper"
    SENTENCE = "sentence"
    START_LOWER = "start-lower"
    START_CAPITAL = "start-capital"
    WITHIN = "within"
    NO_STOP = "no-stop"
    STOP = "stop"


class Shape(Value):
    """A rule about the wording of one field."""

    span: Span
    field: str
    kind: ShapeKind
    limit: int = 0
    """Characters, for `within`."""
    phrases: tuple[str, ...] = ()
    """For `drop`."""


class JsonForm(Value):
    """The answer is a JSON object with these fields, in order."""

    fields: tuple[str, ...]


class TemplateForm(Value):
    """The answer is this text with its `{fields}` filled in."""

    template: str
    fields: tuple[str, ...]


class LabelForm(Value):
    """The answer is one value."""


class FreeForm(Value):
    """The skill does not say."""


Form = JsonForm | TemplateForm | LabelForm | FreeForm


class RuleBook(Value):
    """All the reader can read in a skill."""

    form: Form = FreeForm()
    rules: tuple[Rule, ...] = ()
    values: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """The listed values by field."""
    shapes: tuple[Shape, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields an answer has."""
        match self.form:
            case JsonForm(fields=fields) | TemplateForm(fields=fields):
                return fields
            case LabelForm() | FreeForm():
                return (ANSWER,)
