"""YAML and JSONL files as plain content, with the line on which everything stands."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skillopt.adapters.files.yaml_lines import read_yaml
from skillopt.core.evaluation.validation_set import Place
from skillopt.errors import ValidationSetError

LARGEST_FILE = 16_000_000
"""Bytes of a validation set; some 50 000 tasks."""


@dataclass(frozen=True)
class Document:
    """A file's content, and where each part of it stands."""

    path: str
    content: Any
    lines: dict[Place, int]

    def line(self, place: Place) -> int | None:
        """The line of ``place``, or of the nearest thing around it that has one; from 1."""
        for size in range(len(place), -1, -1):
            if place[:size] in self.lines:
                return self.lines[place[:size]]
        return None

    def error(
        self, message: str, place: Place = (), *, first: Place | None = None
    ) -> ValidationSetError:
        """An error that says file and line; ``first`` is where a thing stands that is twice."""
        also = f" (first on line {self.line(first)})" if first is not None else ""
        return ValidationSetError(message + also, path=self.path, line=self.line(place))


def read_document(path: Path) -> Document:
    """Read a `.yaml`, `.yml` or `.jsonl` file.

    A JSONL file's content is its header's, with the other lines as `tasks`.

    Raises:
        ValidationSetError: it cannot be read; the message says where and why.
    """
    return document_of(read_bytes(path), path)


def document_of(data: bytes, path: Path) -> Document:
    """What the bytes of the file ``path`` say; see :func:`read_document`."""
    name = str(path)
    text = decoded(data, name)
    if not text.strip():
        raise ValidationSetError("the file is empty; it needs tasks", path=name)
    match path.suffix.lower():
        case ".yaml" | ".yml":
            content, lines = read_yaml(text, name)
            return Document(path=name, content=content, lines=lines)
        case ".jsonl":
            return _jsonl(text, name)
        case other:
            raise ValidationSetError(
                f"{other or 'no suffix'} is not a validation set format; use .yaml, .yml or .jsonl",
                path=name,
            )


def read_bytes(path: Path) -> bytes:
    """The bytes of a validation set's file.

    Raises:
        ValidationSetError: it cannot be read, or is too large.
    """
    name = str(path)
    try:
        if path.is_dir():
            raise ValidationSetError("this is a folder; name a file", path=name)
        if path.exists() and not path.is_file():
            raise ValidationSetError("not a regular file", path=name)
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise ValidationSetError("no such file", path=name) from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise ValidationSetError(f"cannot be read: {why}", path=name) from None
    if len(data) > LARGEST_FILE:
        raise ValidationSetError(f"more than {LARGEST_FILE} bytes; keep fewer tasks", path=name)
    return data


def decoded(data: bytes, path: str) -> str:
    """The text of a file.

    Raises:
        ValidationSetError: it is not UTF-8; the message says where.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = error.start + (3 if data.startswith(b"\xef\xbb\xbf") else 0)
        message = f"byte {start} (0x{data[start]:02x}) is not UTF-8; save the file as UTF-8"
        line = data.count(b"\n", 0, start) + 1
        raise ValidationSetError(message, path=path, line=line) from None


def _jsonl(text: str, path: str) -> Document:
    header: dict[str, Any] | None = None
    lines: dict[Place, int] = {(): 1}
    tasks: list[Any] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        entry = _json_line(line, path, number)
        if isinstance(entry, dict) and "validation_set" in entry:
            if tasks or header is not None:
                message = "the header `validation_set` must be the first line, and only once"
                raise ValidationSetError(message, path=path, line=number)
            header = entry["validation_set"]
            if len(entry) > 1 or not isinstance(header, dict) or "tasks" in header:
                message = (
                    'the header is {"validation_set": {...}} and nothing else; '
                    "tasks follow, one to a line"
                )
                raise ValidationSetError(message, path=path, line=number)
            lines[()] = number
            continue
        lines["tasks", len(tasks)] = number
        tasks.append(entry)
    return Document(path=path, content={**(header or {}), "tasks": tasks}, lines=lines)


def _json_line(line: str, path: str, number: int) -> Any:
    try:
        return _loaded(line)
    except json.JSONDecodeError as error:
        message = f"not JSON: {error.msg}, at character {error.pos + 1} of the line"
    except ValueError as error:
        message = str(error)
    except RecursionError:
        message = "nested too deeply"
    raise ValidationSetError(message, path=path, line=number)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key[:80]!r} occurs twice in one object")
        found[key] = value
    return found


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not a finite number")


def _loaded(text: str) -> Any:
    return json.loads(
        text,
        object_pairs_hook=_unique,
        parse_constant=_no_number,
        parse_float=_finite,
        parse_int=_whole,
    )


def _whole(spelled: str) -> int:
    try:
        return int(spelled)
    except ValueError:  # Python reads no more than some thousand digits
        raise ValueError(f"not JSON: a number of {len(spelled):,} digits") from None


def _finite(spelled: str) -> float:
    value = float(spelled)
    return value if math.isfinite(value) else _no_number(spelled[:40])


def read_json(text: str, path: str) -> Any:
    """The content of a JSON file.

    Raises:
        ValidationSetError: it is not JSON, or says a key twice; the message says on which line.
    """
    try:
        return _loaded(text)
    except json.JSONDecodeError as error:
        message, line = f"not JSON: {error.msg}", error.lineno
        raise ValidationSetError(message, path=path, line=line) from None
    except ValueError as error:
        raise ValidationSetError(str(error), path=path) from None
    except RecursionError:
        raise ValidationSetError("nested too deeply", path=path) from None


def reads_as(data: bytes, path: Path, wanted: Any) -> bool:
    """Whether ``data``, as the content of a file named ``path``, says ``wanted`` and no more."""
    try:
        found = document_of(data, path).content
    except ValidationSetError:
        return False
    return json.dumps(found, sort_keys=True) == json.dumps(wanted, sort_keys=True)
