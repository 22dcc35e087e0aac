"""Files of eval sets as plain content: YAML, JSON, JSONL and CSV, with the lines of records."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from skillopt.adapters.files.documents import (
    LARGEST_FILE,
    Document,
    decoded,
    document_of,
    read_bytes,
    read_json,
)
from skillopt.adapters.files.yaml_lines import read_yaml
from skillopt.core.evaluation.validation_set import Place
from skillopt.core.importing.formats import is_own
from skillopt.core.importing.promptfoo_csv import is_promptfoo_csv, test_of
from skillopt.errors import ValidationSetError

SUFFIXES = (".yaml", ".yml", ".json", ".jsonl", ".csv", ".tsv")

_JSON_CELLS = {
    "inputs", "outputs", "reference_outputs", "expectations", "metadata", "messages", "choices",
    "answers",
}  # fmt: skip
"""Columns whose cells exports write as JSON."""
_WAYS = {
    ".xlsx": "save the sheet as CSV",
    ".xls": "save the sheet as CSV",
    ".parquet": "write it as JSONL (pandas: `to_json(path, orient='records', lines=True)`)",
    ".arrow": "write it as JSONL (datasets: `to_json(path)`)",
    ".py": "it is code; write its samples as JSONL",
    ".js": "it is code; write its tests as JSON",
    ".ts": "it is code; write its tests as JSON",
    ".eval": "it is a log; name the data set",
}


def read_eval_file(path: Path) -> Document:
    """What a file says; a JSONL or CSV file is a list of its rows.

    A JSONL file with a header of this program is read as :func:`document_of` reads it.

    Raises:
        ValidationSetError: it cannot be read; the message says where and why.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        way = _WAYS.get(suffix, f"use {', '.join(SUFFIXES)}")
        raise ValidationSetError(
            f"{suffix or 'no suffix'} is not a file of tasks: {way}", path=str(path)
        )
    data = read_bytes(path)
    if suffix == ".jsonl":
        return document_of(data, path)
    if suffix in {".yaml", ".yml"}:
        return _yaml(data, path)
    text = decoded(data, str(path))
    if not text.strip():
        raise ValidationSetError("the file is empty; it needs tasks", path=str(path))
    if suffix == ".json":
        return Document(path=str(path), content=read_json(text, str(path)), lines={})
    return _csv(text, path)


def _yaml(data: bytes, path: Path) -> Document:
    """A YAML file; a validation set of this program is read more strictly than others."""
    try:
        return document_of(data, path)
    except ValidationSetError:
        found = _foreign_yaml(data, path)
        if found is None or is_own(found.content):
            raise
        return found


def _foreign_yaml(data: bytes, path: Path) -> Document | None:
    try:
        content, lines = read_yaml(decoded(data, str(path)), str(path), foreign=True)
    except ValidationSetError:
        return None
    return Document(path=str(path), content=content, lines=lines)


def as_rows(document: Document) -> Document:
    """A JSONL file without a header as a list of its rows."""
    rows = document.content["tasks"]
    lines: dict[Place, int] = {(): 1}
    lines |= {
        (place[1],): line for place, line in document.lines.items() if place[:1] == ("tasks",)
    }
    return Document(path=document.path, content=rows, lines=lines)


def _csv(text: str, path: Path) -> Document:
    rows: list[dict[str, Any]] = []
    lines: dict[Place, int] = {(): 1}
    columns: list[str] = []
    for line, cells in _cells(text, path):
        if not columns:
            columns = _columns(cells, path)
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(columns):
            message = (
                f"{len(cells)} cells in a row, and {len(columns)} columns; quote a cell that has "
                "a comma in it"
            )
            raise ValidationSetError(message, path=str(path), line=line)
        lines[len(rows),] = line
        filled = [*cells, *[""] * (len(columns) - len(cells))]
        rows.append(dict(zip(columns, filled, strict=True)))
    content = [*map(test_of, rows)] if is_promptfoo_csv(columns) else [*map(_row, rows)]
    return Document(path=str(path), content=content, lines=lines)


def _cells(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV, each with the line it starts on."""
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    if delimiter not in first:
        delimiter = next((mark for mark in ";\t" if mark in first), delimiter)
    before = csv.field_size_limit(LARGEST_FILE)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            if cells:
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise ValidationSetError(f"not CSV: {error}", path=str(path), line=start) from None
    finally:
        csv.field_size_limit(before)


def _columns(cells: list[str], path: Path) -> list[str]:
    columns = [cell.strip() for cell in cells]
    for number, name in enumerate(columns, start=1):
        if name and columns.index(name) + 1 != number:
            message = f"the column {name[:80]!r} occurs twice; rename one"
            raise ValidationSetError(message, path=str(path), line=1)
    return [name or f"column {number}" for number, name in enumerate(columns, start=1)]


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(name, cell) for name, cell in row.items()}


def _value(name: str, cell: str) -> Any:
    """A cell; JSON where its column is known to hold that, or it is a conversation."""
    turns = cell.lstrip().startswith('[{"role"')
    if not turns and (name not in _JSON_CELLS or cell.lstrip()[:1] not in {"{", "["}):
        return cell
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return cell
