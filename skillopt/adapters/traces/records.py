"""The JSON records of a file, one after the other; a broken one is skipped and told.

Several objects on one line are several records. Of text that breaks off, such as half a download,
the whole ones before the fault are read.

A file of lines is streamed: no more than one line of it is in memory. A file that is one JSON
document is read whole, up to a limit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from skillopt.adapters.traces.whole_objects import WholeObjects, json_fault, whole_objects
from skillopt.errors import InputError

LONGEST_LINE = 8_000_000
"""Bytes of a line that is read; a longer one is skipped."""

LARGEST_DOCUMENT = 64_000_000
"""Bytes of a file that is one JSON document."""

LINES = {".jsonl", ".ndjson"}
JSON = {".json", *LINES}
_BOM = b"\xef\xbb\xbf"


class Record(NamedTuple):
    """A record's content and the line on which it ends or starts, from 1."""

    line: int
    content: Any


class Broken(NamedTuple):
    """A line that holds no record."""

    line: int
    reason: str


def read_records(path: Path) -> Iterator[Record | Broken]:
    """The records of a `.jsonl`, `.ndjson` or `.json` file; a list's elements are records.

    A `.json` file whose first line is a whole object is read as lines, as exporters of
    OpenTelemetry write it.

    Raises:
        InputError: the file cannot be read, or is one JSON document that is too large.
    """
    try:
        with path.open("rb") as file:
            if path.suffix.lower() in LINES or _is_lines(file):
                yield from _lines(file)
            else:
                yield from _document(file, path)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None


def _is_lines(file: BinaryIO) -> bool:
    first = file.readline(LONGEST_LINE).removeprefix(_BOM)
    more = file.read(1)
    file.seek(0)
    return bool(more) and isinstance(_parsed(first), dict)


def _lines(file: BinaryIO) -> Iterator[Record | Broken]:
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            _skip_line(file)
            yield Broken(number, f"the line has more than {LONGEST_LINE:,} bytes")
            continue
        bare = line.removeprefix(_BOM) if number == 1 else line
        if bare.strip():
            yield from _on_line(bare.rstrip(b"\r\n"), number)


def _skip_line(file: BinaryIO) -> None:
    while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
        pass


def _document(file: BinaryIO, path: Path) -> Iterator[Record | Broken]:
    data = file.read(LARGEST_DOCUMENT + 1)
    if len(data) > LARGEST_DOCUMENT:
        raise InputError(
            f"{path}: one JSON document of more than {LARGEST_DOCUMENT:,} bytes is not read; "
            "export it as JSONL, one record a line, or split a list with `jq -c '.[]'`"
        )
    if not data.strip():
        return
    yield from _numbered(_contents(data.removeprefix(_BOM)))


def _numbered(found: WholeObjects) -> Iterator[Record | Broken]:
    number = 0
    for number, content in enumerate(found.listed, start=1):
        yield Record(number, content)
    if found.fault is not None:
        yield Broken(number + 1, found.fault)


def _on_line(data: bytes, line: int) -> Iterator[Record | Broken]:
    whole = _parsed(data)
    found = WholeObjects([whole], None) if not isinstance(whole, _Fault) else _rescued(data, whole)
    yield from (Record(line, content) for content in found.listed)
    if found.fault is not None:
        yield Broken(line, found.fault)


def _contents(data: bytes) -> WholeObjects:
    """The elements of a document's list, or the document."""
    whole = _parsed(data)
    if isinstance(whole, _Fault):
        return _rescued(data, whole)
    return WholeObjects(whole if isinstance(whole, list) else [whole], None)


def _rescued(data: bytes, fault: _Fault) -> WholeObjects:
    """The whole objects at the start of what is not one JSON value."""
    if not fault.is_text:
        return WholeObjects([], fault.reason)
    found = whole_objects(data.decode("utf-8"))
    if not found.listed:
        return WholeObjects([], fault.reason)
    read = f"{len(found.listed):,} whole record{'s' if len(found.listed) > 1 else ''} before it"
    return WholeObjects(found.listed, f"{found.fault}; {read} read" if found.fault else None)


class _Fault(NamedTuple):
    reason: str
    is_text: bool = True


def _parsed(data: bytes) -> Any:
    """The content of ``data``, or why it has none."""
    try:
        return json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        return _Fault(f"byte {error.start + 1} is not UTF-8", is_text=False)
    except (ValueError, RecursionError) as error:
        return _Fault(json_fault(error))
