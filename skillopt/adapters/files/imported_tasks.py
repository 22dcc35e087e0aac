"""A file of tasks in this program's format or another one: told apart by its shape, and read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from skillopt.adapters.files.documents import Document
from skillopt.adapters.files.eval_files import as_rows, read_eval_file
from skillopt.adapters.files.promptfoo_files import with_files
from skillopt.adapters.files.record_files import with_record_files
from skillopt.core.evaluation.validation_set import Place
from skillopt.core.importing.fields import Unreadable
from skillopt.core.importing.formats import imported, is_foreign, is_own
from skillopt.core.importing.promptfoo import is_promptfoo
from skillopt.core.importing.values import FieldNames, Report
from skillopt.errors import ValidationSetError


class ReadTasks(NamedTuple):
    """A validation set's content, whatever format its file has."""

    document: Document
    report: Report | None
    """What was read from another format; None for this program's own."""


def read_tasks(path: Path) -> ReadTasks:
    """Read a file of tasks.

    Raises:
        ValidationSetError: it cannot be read, or holds no task; with file, line and the way out.
    """
    document = read_eval_file(path)
    if is_own(document.content):
        if not _is_bare_jsonl(document, path):
            return ReadTasks(document, None)
        document = as_rows(document)
    elif not isinstance(document.content, list) and not is_foreign(document.content):
        return ReadTasks(document, None)
    return _imported(document, path, FieldNames(), folder=path.parent)


def import_file(path: Path, names: FieldNames, *, folder: Path | None = None) -> ReadTasks:
    """Read a file in a format of other programs.

    Args:
        path: of the file.
        names: fields that the caller names.
        folder: of the validation set that it becomes; by default the file's own.

    Raises:
        ValidationSetError: as :func:`read_tasks`, or it is a validation set already.
    """
    document = read_eval_file(path)
    if _is_bare_jsonl(document, path) or _is_headless(document, path):
        document = as_rows(document)
    elif is_own(document.content):
        message = "this is a validation set already; use it as it is, with --tasks"
        raise document.error(message)
    return _imported(document, path, names, folder=folder or path.parent)


def _imported(document: Document, path: Path, names: FieldNames, *, folder: Path) -> ReadTasks:
    if is_promptfoo(document.content):
        document = with_files(document, path)
    else:
        document = with_record_files(document, path, folder=folder)
    try:
        found = imported(document.content, names, stem=path.stem)
    except Unreadable as error:
        raise ValidationSetError(str(error), path=str(path)) from None
    lines: dict[Place, int] = {}
    for index, place in enumerate(found.places):
        line = document.line(place)
        if line is not None:
            lines["tasks", index] = line
    return ReadTasks(Document(path=str(path), content=found.content, lines=lines), found.report)


def _is_headless(document: Document, path: Path) -> bool:
    content = document.content
    return path.suffix.lower() == ".jsonl" and isinstance(content, Mapping) and len(content) == 1


def _is_bare_jsonl(document: Document, path: Path) -> bool:
    """Whether a JSONL file has no header, and no task that says how it is checked."""
    return _is_headless(document, path) and not any(map(_is_own_task, document.content["tasks"]))


def _is_own_task(row: Any) -> bool:
    return isinstance(row, Mapping) and "checks" in row
