"""The JSON records of a file, one after the other; a broken one is skipped and told.

A file of lines is streamed: no more than one line of it is in memory. A file that is one JSON
document is read whole, up to a limit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

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
            yield _record(bare.rstrip(b"\r\n"), number)


def _skip_line(file: BinaryIO) -> None:
    while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
        pass


def _document(file: BinaryIO, path: Path) -> Iterator[Record | Broken]:
    data = file.read(LARGEST_DOCUMENT + 1)
    if len(data) > LARGEST_DOCUMENT:
        raise InputError(
            f"{path}: one JSON document of more than {LARGEST_DOCUMENT:,} bytes is not read; "
            "export it as JSONL, one record a line"
        )
    if not data.strip():
        return
    whole = _record(data.removeprefix(_BOM), 1)
    if isinstance(whole, Broken) or not isinstance(whole.content, list):
        yield whole
        return
    for number, content in enumerate(whole.content, start=1):
        yield Record(number, content)


def _record(data: bytes, line: int) -> Record | Broken:
    found = _parsed(data)
    return Broken(line, found.reason) if isinstance(found, _Fault) else Record(line, found)


class _Fault(NamedTuple):
    reason: str


def _parsed(data: bytes) -> Any:
    """The content of ``data``, or why it has none."""
    try:
        return json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        return _Fault(f"byte {error.start + 1} is not UTF-8")
    except json.JSONDecodeError as error:
        return _Fault(f"not JSON: {error.msg}, at character {error.pos + 1}")
    except ValueError as error:  # a whole number of too many digits
        return _Fault(f"not JSON: {error}")
    except RecursionError:
        return _Fault("nested too deeply")
