"""Adding tasks to a validation set's file in the style it is written in; every other byte stays."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from skillopt.adapters.files.candidates_file import input_rows
from skillopt.adapters.files.documents import Document, document_of, read_bytes, reads_as
from skillopt.adapters.files.file_edit import FileEdit
from skillopt.adapters.files.yaml_spelling import in_line, json_in_yaml, spelled
from skillopt.core.evaluation.task import Message

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BOM = b"\xef\xbb\xbf"
_LINE_BREAK = re.compile("\r\n|[\n\r]")
_DASH = re.compile(r" *(?P<dash>-)(?P<gap> +)\Z")
_LONGEST_LINE = 100

Fields = dict[str, Any]
"""A task as a validation set's file has it: JSON content by field."""


def plan_tasks(path: Path, tasks: Sequence[Fields]) -> FileEdit | None:
    """The edit that adds ``tasks`` to the end of a validation set.

    None where the file is spelled in a way that is not edited here (`tasks` is an alias).

    Args:
        path: a validation set that can be read.
        tasks: what is added, in order.

    Raises:
        ValidationSetError: the file cannot be read.
    """
    data = read_bytes(path)
    before = document_of(data, path)
    text = data.decode("utf-8-sig")
    added = _in_jsonl if path.suffix.lower() == ".jsonl" else _in_yaml
    after = added(text, tasks)
    if after is None:
        return None
    edited = (_BOM if data.startswith(_BOM) else b"") + after.encode()
    if not _says(edited, path, before, tasks):
        return None
    return FileEdit(path=path, before=data, after=edited)


def _says(data: bytes, path: Path, before: Document, tasks: Sequence[Fields]) -> bool:
    """Whether the edited file says what it said before and the tasks, and nothing else."""
    wanted = {**before.content, "tasks": [*before.content["tasks"], *tasks]}
    return reads_as(data, path, wanted)


def _in_jsonl(text: str, tasks: Sequence[Fields]) -> str:
    ending = _ending(text)
    last = text.rstrip().rpartition("\n")[2]
    spaced = {} if '": ' in last or ", " in last else {"separators": (",", ":")}
    rows = [json.dumps(task, ensure_ascii=False, **spaced) for task in tasks]  # type: ignore[arg-type]
    start = text if text.endswith("\n") else text + ending
    return start + "".join(row + ending for row in rows)


def _ending(text: str) -> str:
    found = _LINE_BREAK.search(text)
    return found.group() if found else "\n"


class _Item(NamedTuple):
    """A task in the text: where its node starts."""

    start: int
    column: int
    in_braces: bool


class _Tasks(NamedTuple):
    """The list of tasks in the text."""

    column: int
    """Of its dashes."""
    in_brackets: bool
    items: list[_Item]
    end: int
    """After the last thing that is written in it, in characters."""


def _in_yaml(text: str, tasks: Sequence[Fields]) -> str | None:
    found = _tasks_in(text)
    if found is None:
        return None
    if found.in_brackets:
        return _in_brackets(text, found, tasks)
    ending = _ending(text)
    at = _end_of_item(text, found)
    rows = "".join(_spelled_task(text, found, task) for task in tasks).replace("\n", ending)
    start = text[:at] if not at or text[at - 1] in "\r\n" else text[:at] + ending
    if start.endswith(2 * ending):  # an empty line more would be part of a text that keeps its end
        rows = rows.removeprefix(ending)
    return start + rows + text[at:]


def _tasks_in(text: str) -> _Tasks | None:
    """The list under the key `tasks`; None where it stands elsewhere, or is empty."""
    # Composing recurses, and is safe here: what is nested deeply was refused when it was read.
    root: Any = yaml.compose(text, Loader=_LOADER)
    listed = next((value for key, value in root.value if key.value == "tasks"), None)
    if not isinstance(listed, yaml.SequenceNode) or not listed.value:
        return None
    items = [_item(node) for node in listed.value]
    mark: Any = listed.start_mark  # that of an anchor, where the list has one
    dash = _DASH.match(_before(text, items[-1]))
    column = dash.start("dash") if dash else mark.column
    return _Tasks(column, bool(listed.flow_style), items, _end(listed.value[-1]))


def _before(text: str, item: _Item) -> str:
    """What stands before a task on its line."""
    return text[item.start - item.column : item.start]


def _item(node: Any) -> _Item:
    in_braces = isinstance(node, yaml.MappingNode) and bool(node.flow_style)
    return _Item(node.start_mark.index, node.start_mark.column, in_braces)


def _end(node: Any) -> int:
    """After the last character of a node; that of a block is its last part's."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return int(node.end_mark.index)


def _in_brackets(text: str, found: _Tasks, tasks: Sequence[Fields]) -> str:
    last = found.items[-1]
    line_start = text.rfind("\n", 0, last.start) + 1
    own_line = not text[line_start : last.start].strip()
    between = f",{_ending(text)}{' ' * last.column}" if own_line else ", "
    rows = "".join(between + json_in_yaml(task) for task in tasks)
    return text[: found.end] + rows + text[found.end :]


def _end_of_item(text: str, found: _Tasks) -> int:
    """Where the line after the last task starts, its comments passed over."""
    at = found.end
    if at and text[at - 1] not in "\r\n":
        at = _next_line(text, at)
    comment = re.compile(rf" {{{found.column + 1},}}#")
    while comment.match(text, at):
        at = _next_line(text, at)
    return at


def _next_line(text: str, at: int) -> int:
    found = _LINE_BREAK.search(text, at)
    return found.end() if found else len(text)


def _spelled_task(text: str, found: _Tasks, task: Fields) -> str:
    """A task's lines, in the style of the last one."""
    last = found.items[-1]
    dash = " " * found.column + "-"
    space = _DASH.match(_before(text, last))
    gap = space["gap"] if space else " "
    blank = "\n" if _apart(text, found) else ""
    if last.in_braces:
        members = ", ".join(f"{name}: {in_line(value)}" for name, value in task.items())
        row = f"{dash}{gap}{{{members}}}\n"
        if len(row) <= _LONGEST_LINE:
            return blank + row
    indent = found.column + 1 + len(gap)
    rows: list[str] = []
    for name, value in task.items():
        if name == "input":
            rows += input_rows(_input(value), indent=indent)
        else:
            rows.append(f"{' ' * indent}{name}: {spelled(value, indent=indent + 2)}")
    return blank + dash + gap + "\n".join(rows).lstrip(" ") + "\n"


def _input(value: Any) -> Any:
    return value if isinstance(value, str) else tuple(Message(**turn) for turn in value)


def _apart(text: str, found: _Tasks) -> bool:
    """Whether the last two tasks have an empty line between them."""
    if len(found.items) == 1:
        return False
    one, other = found.items[-2:]
    rows = text[one.start : other.start].splitlines()[:-1]
    while rows and rows[-1].lstrip().startswith("#"):
        rows.pop()
    return bool(rows) and not rows[-1].strip()
