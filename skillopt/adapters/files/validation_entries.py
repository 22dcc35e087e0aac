"""What a validation set's file may say, and complaints about what it says instead."""

from __future__ import annotations

import json
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError

from skillopt.adapters.files.documents import Document
from skillopt.adapters.files.task_files import FromPath
from skillopt.core.evaluation import checks
from skillopt.core.evaluation.check_rules import not_json, unknown
from skillopt.core.evaluation.checks import Check
from skillopt.core.evaluation.grading import shown
from skillopt.core.evaluation.task import Message, Split, Task
from skillopt.core.evaluation.task_file import TaskFile
from skillopt.core.evaluation.validation_set import Place, split_of
from skillopt.core.value import Value

_Shape = TypeVar("_Shape", bound=BaseModel)


class Header(Value):
    """What stands above the tasks."""

    name: str | None = None
    """Default: the file's name."""
    description: str = ""
    criteria: dict[str, str] = Field(default_factory=dict)
    settings: dict[str, Any] = Field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    """Of the tasks without checks of their own."""
    scoring: Literal["mean", "all"] = "mean"
    """Of the tasks that do not say."""
    tasks: tuple[Any, ...] = ()


class Entry(Value):
    """A task as the file has it: what it leaves out comes from the header or from its id."""

    id: str
    input: str | tuple[Message, ...]
    split: Split | None = None
    checks: tuple[Check, ...] | None = None
    expected: Any = None
    tags: tuple[str, ...] = ()
    weight: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    scoring: Literal["mean", "all"] | None = None
    cluster: str | None = None
    protected: bool = False
    files: dict[str, str | FromPath] = Field(default_factory=dict)
    git: bool = False
    source: str | None = None
    """Where the task comes from; for people."""

    def task(self, header: Header, files: tuple[TaskFile, ...] = ()) -> Task:
        """The task this entry stands for under ``header``, with its files as they were read."""
        return Task(
            id=self.id,
            split=self.split or split_of(self.id),
            input=self.input,
            checks=header.checks if self.checks is None else self.checks,
            expected=self.expected,
            tags=self.tags,
            weight=self.weight,
            scoring=self.scoring or header.scoring,
            cluster=self.cluster,
            protected=self.protected,
            files=files,
            git=self.git,
        )


def header_of(document: Document) -> Header:
    """The document's header, its tasks still raw.

    Raises:
        ValidationSetError: it says something a header cannot say.
    """
    if not isinstance(document.content, dict):
        raise document.error(f"a validation set is a mapping with `tasks`{_got(document.content)}")
    own = {key: value for key, value in document.content.items() if key != "tasks"}
    header = parsed(Header, own, document, ())
    tasks = document.content.get("tasks")
    if tasks is None:
        raise document.error("there are no `tasks`")
    if not isinstance(tasks, list):
        raise document.error(f"`tasks` must be a list{_got(tasks)}", ("tasks",))
    return header.model_copy(update={"tasks": tuple(tasks)})


def entry_at(document: Document, index: int, raw: Any) -> Entry:
    """A task's entry.

    Raises:
        ValidationSetError: it says something a task cannot say.
    """
    place: Place = ("tasks", index)
    if not isinstance(raw, dict):
        raise document.error(f"a task must be a mapping with `id` and `input`{_got(raw)}", place)
    return parsed(Entry, raw, document, place)


def parsed(shape: type[_Shape], raw: Any, document: Document, place: Place) -> _Shape:
    """What ``raw``, which stands at ``place``, says.

    Raises:
        ValidationSetError: it says something that ``shape`` has no place for.
    """
    odd = not_json(raw)
    if odd:
        raise document.error(odd, place)
    try:
        return shape.model_validate_json(json.dumps(raw), strict=True)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=True)
    walked = [_walked(finding["loc"], raw) for finding in found]
    deepest = max(range(len(found)), key=lambda index: len(walked[index]))
    finding, inner = found[deepest], walked[deepest]
    title = f"task {raw['id'][:80]!r}: " if place and isinstance(raw.get("id"), str) else ""
    message = _message(shape, finding, inner, raw)
    raise document.error(title + message, (*place, *inner))


def _walked(loc: tuple[int | str, ...], raw: Any) -> Place:
    """A pydantic location without what is no part of the content: labels of union members."""
    place: list[int | str] = []
    here = raw
    for part in loc:
        inside = part in here if isinstance(here, dict) else False
        if isinstance(here, list):
            inside = isinstance(part, int) and part < len(here)
        if inside:
            here = here[part]
            place.append(part)
    return tuple(place)


def _message(shape: type[BaseModel], finding: Any, place: Place, raw: Any) -> str:
    field = ".".join(str(part) for part in place) or "it"
    got = raw
    for part in place:
        got = got[part]
    kind = finding["type"]
    if kind in _MUST_BE:
        quote = kind == "string_type" and isinstance(got, bool | int | float)
        return f"`{field}` must be {_MUST_BE[kind]}{_got(got)}{': quote it' if quote else ''}"
    match kind:
        case "extra_forbidden":
            return unknown("field", str(place[-1]), _fields(shape, place, raw))
        case "missing":
            inside = f" in `{field}`" if place else ""
            return f"`{finding['loc'][-1]}` is missing{inside}"
        case "union_tag_not_found" | "union_tag_invalid":
            return f"`{field}` {_type_complaint(got)}"
        case "literal_error":
            return f"`{field}` must be {finding['ctx']['expected']}{_got(got)}"
        case _:
            said = str(finding["msg"]).partition(" should ")[2] or str(finding["msg"])
            own = f"`{field}`: {said.removeprefix('Value error, ')}"
            return own if kind == "value_error" else f"`{field}` should {said}{_got(got)}"


def _type_complaint(check: Any) -> str:
    if isinstance(check, dict) and "type" in check:
        return f"has an {unknown('check type', str(check['type']), _CHECKS)}"
    return f"needs a `type`: one of {', '.join(_CHECKS)}"


_MUST_BE = {
    "string_type": "text",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "bool_type": "true or false",
    "float_type": "a number",
    "string_pattern_mismatch": "`module:function`",
}
_CHECKS: dict[str, type[checks.CheckBase]] = {
    "exact": checks.Exact,
    "contains": checks.Contains,
    "regex": checks.Regex,
    "number": checks.Number,
    "json": checks.Json,
    "python": checks.Python,
    "command": checks.Command,
    "file": checks.File,
    "rubric": checks.Rubric,
    "tool_used": checks.ToolUsed,
    "tool_not_used": checks.ToolNotUsed,
    "tool_order": checks.ToolOrder,
    "tool_arguments": checks.ToolArguments,
    "skill_loaded": checks.SkillLoaded,
}


def _fields(shape: type[BaseModel], place: Place, raw: Any) -> list[str]:
    """The fields that are known at ``place``'s parent."""
    parent = raw
    for part in place[:-1]:
        parent = parent[part]
    if "checks" in place[:-1]:
        return list(_CHECKS[parent["type"]].model_fields)
    if "input" in place[:-1]:
        return list(Message.model_fields)
    if "files" in place[:-1]:
        return ["from"]
    return list(shape.model_fields)


def _got(value: Any) -> str:
    match value:
        case None:
            return ", got nothing"
        case bool():
            return f", got the boolean {shown(value)}"
        case int() | float():
            return f", got the number {shown(value)}"
        case str():
            return f", got the text {shown(value)}"
        case list():
            return f", got a list of {len(value)}"
        case _:
            return f", got a mapping with {', '.join(list(value)[:5]) or 'nothing in it'}"
