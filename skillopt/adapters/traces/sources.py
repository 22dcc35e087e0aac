"""The files that are searched for tasks: which kind each is, and what is in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from skillopt.adapters.traces.formats import finds
from skillopt.adapters.traces.passed_over import PassedTally
from skillopt.adapters.traces.records import JSON, Broken, read_records
from skillopt.adapters.traces.sides import Origin, PassedOver
from skillopt.core.mining.candidate import Found, Skipped
from skillopt.core.skill.file_names import MARKDOWN
from skillopt.errors import InputError

DOCUMENTS = {*MARKDOWN, ".txt", ".rst", ".text"}

LARGEST_TEXT = 16_000_000
"""Bytes of a document."""


def check_source(path: Path) -> None:
    """Check that a source is a file of a kind that is read.

    Raises:
        InputError: it is not.
    """
    try:
        there, plain = path.exists(), path.is_file()
    except (OSError, ValueError) as error:
        raise InputError(f"{str(path)!r}: cannot be read: {error}") from None
    if not there:
        raise InputError(f"no such file: {path}")
    if not plain:
        raise InputError(f"{path}: not a regular file; name files, such as {path}/*.jsonl")
    if path.suffix.lower() not in JSON | DOCUMENTS:
        known = ", ".join(sorted(JSON | DOCUMENTS))
        raise InputError(f"{path}: no kind of file that is read; there are {known}")


def is_document(path: Path) -> bool:
    """Whether a source is a document rather than a file of records."""
    return path.suffix.lower() in DOCUMENTS


def read_trace(path: Path, *, name: str) -> Iterator[Found | Skipped]:
    """What was asked in the records of a file, the lines that hold none, and what asks nothing.

    Args:
        path: the file.
        name: what it is called in the candidates' `source`.

    Raises:
        InputError: it cannot be read.
    """
    passed, empty = PassedTally(), True
    for record in read_records(path):
        empty = False
        if isinstance(record, Broken):
            yield Skipped(source=f"{name}:{record.line}", reason=record.reason)
            continue
        for one in finds(record.content, Origin(name, record.line)):
            if isinstance(one, PassedOver):
                passed.add(one)
            else:
                yield one
    told = "there are no records in it" if empty else passed.told()
    if told:
        yield Skipped(source=name, reason=told)


def read_text(path: Path) -> str:
    """The text of a document.

    Raises:
        InputError: it cannot be read, is too large or not UTF-8.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_TEXT + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    if len(data) > LARGEST_TEXT:
        raise InputError(f"{path}: more than {LARGEST_TEXT:,} bytes; split the document")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: byte {error.start + 1} is not UTF-8; save the file as UTF-8"
        ) from None
