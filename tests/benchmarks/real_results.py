"""What the bench on a real model measured: a file of results that a killed bench goes on from."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from skillopt.core.value import Value, content_hash

Part = Literal["probe", "self-check", "proposer", "gate"]


class Piece(Value):
    """One measurement: a part of the bench, in one manner, with one seed."""

    part: Part
    arm: str
    seed: int
    size: int = 0
    """Offers to a gate, or rounds of a run."""

    @property
    def key(self) -> str:
        """Names it in the file of results."""
        return content_hash(self.model_dump(mode="json"))

    def __str__(self) -> str:
        return f"{self.part}, {self.arm}, seed {self.seed}"


class Measure(Value):
    """A number, with its 95 % interval over tasks where it has one."""

    value: float
    """Shares and scores are from 0 to 1, differences from -1; else a count."""
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return f"{self.value:.3g}"
        return f"{self.value:.3g} [{self.low:.3g}, {self.high:.3g}]"


class Result(Value):
    """What a piece came to."""

    piece: Piece
    found: dict[str, Measure]
    """By the name of the measure."""
    day: str
    """On which it was measured, as YYYY-MM-DD."""


def read_results(path: Path) -> dict[str, Result]:
    """The results so far by the key of their piece; a last line that was cut off is left out.

    Raises:
        ValueError: a whole line is no result.
    """
    if not path.exists():
        return {}
    found: dict[str, Result] = {}
    for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], 1):
        try:
            result = Result.model_validate_json(line)
        except ValidationError as error:
            raise ValueError(
                f"{path}, line {number} is no result of this bench; "
                "delete the line or choose another file with --results"
            ) from error
        found[result.piece.key] = result
    return found


def append_result(path: Path, result: Result) -> None:
    """Add a line, in the place of one that was cut off."""
    with path.open("ab+") as file:
        file.seek(0)
        file.truncate(file.read().rfind(b"\n") + 1)
        file.write(result.model_dump_json().encode() + b"\n")
