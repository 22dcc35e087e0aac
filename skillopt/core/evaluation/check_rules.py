"""What a check must keep to be graded: found out when a validation set is read, before any call."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, assert_never

from skillopt.core.evaluation.checks import (
    Check,
    Contains,
    Exact,
    File,
    Json,
    Number,
    Regex,
    Rubric,
    ToolArguments,
    ToolNotUsed,
    ToolUsed,
)
from skillopt.core.evaluation.grading import shown
from skillopt.core.evaluation.json_compare import field_at, schema_flaw
from skillopt.core.evaluation.patterns import BadPattern, compiled
from skillopt.core.foreign_text import flaw

DEEPEST_CONTENT = 60
"""Levels of lists and objects in an `expected` or a `value`."""


class CheckFlaw(NamedTuple):
    """What is wrong with a check, and in which of its fields."""

    field: str
    message: str


def flaw_in_check(check: Check, criteria: Mapping[str, str]) -> CheckFlaw | None:
    """What is wrong with ``check`` whatever task it belongs to."""
    if isinstance(check, Rubric):
        return _rubric_flaw(check, criteria)
    if check.criterion is not None and criteria and check.criterion not in criteria:
        return CheckFlaw("criterion", unknown("criterion", check.criterion, criteria))
    return _own_flaw(check, criteria)


def _own_flaw(check: Check, criteria: Mapping[str, str]) -> CheckFlaw | None:
    match check:
        case Regex():
            complaint = _pattern_complaint(check.pattern)
            return CheckFlaw("pattern", complaint) if complaint else None
        case Contains(value=value) if value is not None:
            return _contains_flaw(value)
        case Json():
            return _json_flaw(check)
        case File():
            return _file_flaw(check, criteria)
        case ToolUsed() | ToolNotUsed() | ToolArguments():
            return _tool_flaw(check)
        case _:
            return None


def flaw_in_expected(check: Check, expected: Any) -> str | None:
    """Why a task's ``expected`` does not serve a check that has no value of its own."""
    if isinstance(check, File) and check.content is not None:
        check = check.content
    if not isinstance(check, Exact | Contains | Number | Json) or check.value is not None:
        return None
    if expected is None:
        return (
            f"the `{check.type}` check has nothing to compare with: "
            "give the task an `expected`, or the check a `value`"
        )
    match check:
        case Json():
            return _field_flaw(check, expected)
        case Number():
            return _number_flaw(expected)
        case Contains() if isinstance(expected, list | tuple):
            flaw = _contains_flaw(tuple(expected))
            return f"`expected`: {flaw.message}" if flaw else None
        case Exact() | Contains():
            return _text_flaw(check, expected)
        case _:
            assert_never(check)


def not_json(content: Any, *, depth: int = 0) -> str | None:
    """Why ``content`` is not plain JSON content, or None."""
    if depth > DEEPEST_CONTENT:
        return f"it is nested deeper than {DEEPEST_CONTENT} levels"
    match content:
        case dict():
            odd = next((key for key in content if not isinstance(key, str)), None)
            if odd is not None:
                return f"the key {odd!r} is not text: quote it"
            parts: tuple[Any, ...] = (*content, *content.values())
        case list() | tuple():
            parts = tuple(content)
        case _:
            return _odd_scalar(content)
    return _first(not_json(part, depth=depth + 1) for part in parts)


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """A message about a name nobody knows, with the nearest one or all that there are."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f"unknown {kind} {name[:80]!r}; did you mean {near[0]!r}?"
    return f"unknown {kind} {name[:80]!r}; there is {', '.join(names[:20]) or 'none'}"


def _rubric_flaw(check: Rubric, criteria: Mapping[str, str]) -> CheckFlaw | None:
    if check.criterion is not None:
        message = "a rubric lists its criteria in `criteria`; remove `criterion`"
        return CheckFlaw("criterion", message)
    for name in check.criteria:
        if not name.strip():
            return CheckFlaw("criteria", "a criterion is empty")
        if name not in criteria and len(name.split()) == 1:
            message = unknown("criterion", name, criteria)
            return CheckFlaw("criteria", f"{message} (a new one is written as a sentence)")
        if check.criteria.count(name) > 1:
            return CheckFlaw("criteria", f"the criterion {name[:80]!r} is listed twice")
    return None


def _pattern_flaw(pattern: str) -> CheckFlaw | None:
    try:
        compiled(pattern)
    except BadPattern as error:
        return CheckFlaw("pattern", f"{pattern[:80]!r} is not a regular expression: {error}")
    return None


def _file_flaw(check: File, criteria: Mapping[str, str]) -> CheckFlaw | None:
    if check.content is None:
        return None
    if check.absent:
        return CheckFlaw("absent", "a file that may not be there has no `content`; remove one")
    flaw = flaw_in_check(check.content, criteria)
    return CheckFlaw("content", f"`{flaw.field}`: {flaw.message}") if flaw else None


def _contains_flaw(value: object) -> CheckFlaw | None:
    values = value if isinstance(value, tuple) else (value,)
    if not values:
        return CheckFlaw("value", "the list is empty")
    for part in values:
        if not isinstance(part, str):
            return CheckFlaw("value", f"wants text{_got(part)}: quote it")
        if not part:
            return CheckFlaw("value", "every answer contains the empty text")
    return None


def _tool_flaw(check: ToolUsed | ToolNotUsed | ToolArguments) -> CheckFlaw | None:
    if check.name == ():
        return CheckFlaw("name", "the list is empty")
    match check:
        case ToolArguments():
            return _arguments_flaw(check) or _range_flaw(check)
        case ToolUsed():
            return _range_flaw(check)
        case ToolNotUsed():
            return None
        case _:
            assert_never(check)


def _arguments_flaw(check: ToolArguments) -> CheckFlaw | None:
    odd = not_json(check.arguments)
    if odd:
        return CheckFlaw("arguments", odd)
    for name, pattern in check.arguments.items() if check.match == "regex" else ():
        if not isinstance(pattern, str):
            message = (
                f"`{name}` must be a pattern where `match` is `regex`{_got(pattern)}: quote it"
            )
            return CheckFlaw("arguments", message)
        complaint = _pattern_complaint(pattern)
        if complaint:
            return CheckFlaw("arguments", f"`{name}`: {complaint}")
    return None


def _range_flaw(check: ToolUsed | ToolArguments) -> CheckFlaw | None:
    if check.at_most is None:
        if check.at_least:
            return None
        return CheckFlaw("at_least", "0 calls or more are always there; set `at_most`, too")
    if check.at_most >= check.at_least:
        return None
    message = f"{check.at_most} is less than `at_least`, which is {check.at_least}"
    return CheckFlaw("at_most", f"{message}; for no call at all set both to 0")


def _pattern_complaint(pattern: str) -> str | None:
    try:
        compiled(pattern)
    except BadPattern as error:
        return f"{pattern[:80]!r} is not a regular expression: {error}"
    return None


def _json_flaw(check: Json) -> CheckFlaw | None:
    if check.at is not None and not all(check.at.split(".")):
        return CheckFlaw("at", f"{check.at!r} does not name a field; separate names with dots")
    if check.mode == "schema" and check.value is None:
        return CheckFlaw("value", "mode `schema` needs the JSON schema as its `value`")
    odd = not_json(check.value)
    if odd:
        return CheckFlaw("value", odd)
    flaw = schema_flaw(check.value) if check.mode == "schema" else None
    return CheckFlaw("value", f"not a JSON schema: {flaw}") if flaw else None


def _field_flaw(check: Json, expected: Any) -> str | None:
    if check.at is None:
        return None
    try:
        field_at(expected, check.at)
    except KeyError:
        return f"`expected` has no field `{check.at}`, which its `json` check compares"
    return None


def _number_flaw(expected: Any) -> str | None:
    if isinstance(expected, int | float) and not isinstance(expected, bool):
        return None
    return f"`expected` must be a number for the `number` check{_got(expected)}"


def _text_flaw(check: Exact | Contains, expected: Any) -> str | None:
    if not isinstance(expected, str):
        return f"`expected` must be text for the `{check.type}` check{_got(expected)}: quote it"
    if not expected.strip():
        return f"`expected` is empty, which is useless for the `{check.type}` check"
    return None


def _got(value: Any) -> str:
    kinds = {bool: "the boolean", int: "the number", float: "the number"}
    return f", got {kinds.get(type(value), 'the content')} {shown(value)}"


def _odd_scalar(content: Any) -> str | None:
    match content:
        case None | bool() | int():
            return None
        case str():
            ill = flaw(content)
            return f"it has {ill}" if ill else None
        case float():
            return None if math.isfinite(content) else f"{content} is not a JSON number"
        case _:
            kind = type(content).__name__
            return f"{content!r} is a {kind}; only text, numbers, lists and objects are JSON"


def _first(messages: Iterable[str | None]) -> str | None:
    return next((message for message in messages if message), None)
