"""A bench's results, one JSON line each: what it has when it was stopped, or killed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from skillopt.core.value import Value

Result = TypeVar("Result", bound=Value)


def read_lines(path: Path, kind: type[Result]) -> Iterator[Result]:
    """The results so far; a last line that was cut off is left out.

    Raises:
        ValueError: a whole line is no result.
    """
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    for number, line in enumerate(lines, 1):
        try:
            yield kind.model_validate_json(line)
        except ValidationError as error:
            raise ValueError(
                f"{path}, line {number} is no result of this bench; "
                "delete the line or choose another file with --results"
            ) from error


def append_line(path: Path, result: Value) -> None:
    """Add a line, in the place of one that was cut off."""
    with path.open("ab+") as file:
        file.seek(0)
        file.truncate(file.read().rfind(b"\n") + 1)
        file.write(result.model_dump_json().encode() + b"\n")
