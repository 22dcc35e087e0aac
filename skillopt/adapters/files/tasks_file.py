"""A new validation set's file, written so that a person can read and finish it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from skillopt.adapters.files.atomic import replace_file
from skillopt.adapters.files.candidates_file import input_rows
from skillopt.adapters.files.documents import reads_as
from skillopt.adapters.files.yaml_spelling import in_line, spelled
from skillopt.core.evaluation.task import Message
from skillopt.errors import InputError

SUFFIXES = (".yaml", ".yml", ".jsonl")


def check_new(path: Path) -> None:
    """Check that a validation set may be written to ``path``, before anything else is done.

    Raises:
        InputError: it has another suffix, or is there already.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path}: a validation set ends in {', '.join(SUFFIXES)}")
    if path.exists():
        raise InputError(f"{path} exists already; nothing was written; name another with --out")


def write_tasks(path: Path, content: Mapping[str, Any], *, comments: Sequence[str] = ()) -> None:
    """Write a validation set.

    Args:
        path: of a file that is not there; its suffix says whether it is YAML or JSONL.
        content: as the file will be read.
        comments: sentences at its top, where the format has comments.

    Raises:
        InputError: it is there already, or the format cannot hold the content.
    """
    check_new(path)
    jsonl = path.suffix.lower() == ".jsonl"
    data = "\n".join(_jsonl(content) if jsonl else _yaml(content, comments)) + "\n"
    if not reads_as(data.encode("utf-8"), path, content):
        raise InputError(f"{path}: this content cannot be spelled in {path.suffix}; try .jsonl")
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, data.encode("utf-8"))


def _jsonl(content: Mapping[str, Any]) -> Iterator[str]:
    header = {name: value for name, value in content.items() if name != "tasks"}
    yield json.dumps({"validation_set": header}, ensure_ascii=False)
    for task in content["tasks"]:
        yield json.dumps(task, ensure_ascii=False)


def _yaml(content: Mapping[str, Any], comments: Sequence[str]) -> Iterator[str]:
    for sentence in comments:
        yield f"# {_one_line(sentence)}"
    for name, value in content.items():
        if name == "checks":
            yield "checks:"
            yield from (f"  - {in_line(check)}" for check in value)
        elif name != "tasks":
            yield f"{name}: {spelled(value, indent=2)}"
    yield "tasks:"
    for task in content["tasks"]:
        yield from _task(task)


def _task(task: Mapping[str, Any]) -> Iterator[str]:
    yield f"  - id: {spelled(task['id'], indent=6)}"
    for name, value in task.items():
        if name == "input":
            asked = value if isinstance(value, str) else tuple(Message(**turn) for turn in value)
            yield from input_rows(asked, indent=4)
        elif name == "checks" and value:
            yield "    checks:"
            yield from (f"      - {in_line(check)}" for check in value)
        elif name != "id":
            yield f"    {name}: {spelled(value, indent=6)}"


def _one_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
