"""The mentor's reading of its prompt: lessons, one for each field of each rollout it is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic import ValidationError

from skillopt.adapters.practice.language import (
    ANSWER,
    Form,
    FreeForm,
    JsonForm,
    LabelForm,
    RuleBook,
    TemplateForm,
)
from skillopt.adapters.practice.phrases import folded
from skillopt.adapters.practice.reader import Decision, decide
from skillopt.core.proposals.critique import Observation

MOST_OBSERVATIONS = 200


class Seen(NamedTuple):
    """A rollout with what the mentor makes of it."""

    observation: Observation
    low: str
    """The input, folded for phrases."""
    told: Any
    """What was expected: as shown, or a passing answer itself, or what the remarks name."""
    expected: Mapping[str, str]
    """The expected values by field, as the reader would write them; {} where none can be read."""
    read: Mapping[str, Decision]
    """What a literal reading of the skill gives."""


class Need(NamedTuple):
    """A field that came out wrong and that the skill as it stands would get wrong again."""

    at: int
    """Which rollout, by its place."""
    field: str
    value: str
    """What was expected."""
    rule: int | None
    """The rule that decided instead, if one did."""


def observations(text: str) -> tuple[Observation, ...]:
    """The observations in an `evidence` block; what is none is skipped."""
    try:
        listed = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    found: list[Observation] = []
    for item in listed if isinstance(listed, list) else []:
        try:
            found.append(Observation.model_validate(item))
        except ValidationError:
            continue
    return tuple(found[:MOST_OBSERVATIONS])


def seen(book: RuleBook, shown: Sequence[Observation]) -> tuple[Seen, ...]:
    """Every observation beside the skill's literal reading."""
    return tuple(
        Seen(
            observation=one,
            low=folded(one.input),
            told=(known := told(one, book)),
            expected=expected_values(book.form, known),
            read=decide(book, one.input),
        )
        for one in shown
    )


def told(one: Observation, book: RuleBook) -> Any:
    """What was expected of the answer, wherever the evidence says it; None where it does not.

    The checks' remarks read ``name: expected <JSON>, got …``, some with ``at `field```.
    """
    if one.expected is not None:
        return one.expected
    if one.passed:
        return one.answer
    whole: Any = None
    fields: dict[str, Any] = {}
    for line in one.feedback:
        match = _REMARK.match(line)
        value = _decoded(line[match.end() :]) if match else None
        if match is None or value is None:
            continue
        whole = value[0] if whole is None else whole
        at = _AT.match(value[1])
        name = at[1] if at else match[1]
        if name in book.fields:
            fields[name] = value[0]
    return fields or whole


def _decoded(text: str) -> tuple[Any, str] | None:
    """The JSON value that ``text`` begins with, and the rest."""
    try:
        value, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return value, text[end:]


_REMARK = re.compile(r"([^:\n]{1,200}): expected (?:the number )?(?!no )")
_AT = re.compile(r" at `([^`]{1,60})`")
_DECODER = json.JSONDecoder()


def needs(all_seen: Sequence[Seen]) -> tuple[Need, ...]:
    """What failed and would fail again, field by field."""
    return tuple(
        Need(at, field, value, one.read[field].rule)
        for at, one in enumerate(all_seen)
        if not one.observation.passed
        for field, value in one.expected.items()
        if field in one.read and one.read[field].text != value
    )


def expected_values(form: Form, expected: Any) -> dict[str, str]:
    """The values of the form's fields in an expected answer, as rules would spell them."""
    match form:
        case JsonForm():
            content = _mapping(expected)
            return _spelled({f: content[f] for f in form.fields if f in content}, quote=True)
        case TemplateForm():
            if isinstance(expected, str):
                return parsed(form, expected)
            content = _mapping(expected)
            return _spelled({f: content[f] for f in form.fields if f in content}, quote=False)
        case LabelForm() | FreeForm():
            return _spelled({ANSWER: expected}, quote=False)


def parsed(form: TemplateForm, answer: str) -> dict[str, str]:
    """The fields of an answer that has the template's form; {} where it has not."""
    pattern = _template(form.template)
    match = pattern.fullmatch(answer.strip()[:2_000]) if pattern else None
    return {name: match[f"f{at}"] for at, name in enumerate(form.fields)} if match else {}


def _mapping(expected: Any) -> Mapping[str, Any]:
    if isinstance(expected, str) and expected.lstrip().startswith("{"):
        try:
            expected = json.loads(expected)
        except (ValueError, RecursionError):
            return {}
    return expected if isinstance(expected, Mapping) else {}


def _spelled(content: Mapping[str, Any], *, quote: bool) -> dict[str, str]:
    found: dict[str, str] = {}
    for field, value in content.items():
        if isinstance(value, str):
            numeric = quote and re.fullmatch(r"-?\d+(\.\d+)?|true|false|null", value)
            text = f'"{value}"' if numeric else value
        elif isinstance(value, bool | int | float) or (value is None and quote):
            text = json.dumps(value)
        else:
            continue
        if text.strip() and len(text) <= 200 and not re.search(r"[`\r\n\x00-\x1f]", text):  # noqa: PLR2004 - longer is no value
            found[field] = text
    return found


@lru_cache(maxsize=32)
def _template(template: str) -> re.Pattern[str] | None:
    parts = re.split(r"\{([\w-]{1,60})\}", template[:1_000])
    names = list(dict.fromkeys(parts[1::2]))
    if len(names) > 12:  # noqa: PLR2004 - bounds the backtracking of a hostile template
        return None
    pattern = ""
    met: set[str] = set()
    for at, part in enumerate(parts):
        if at % 2 == 0:
            pattern += re.escape(part)
        elif part in met:
            pattern += rf"(?P=f{names.index(part)})"
        else:
            met.add(part)
            pattern += (
                rf"(?P<f{names.index(part)}>\S{{1,60}}?)"
                if at < len(parts) - 2
                else (rf"(?P<f{names.index(part)}>.{{1,400}})")
            )
    return re.compile(pattern)
