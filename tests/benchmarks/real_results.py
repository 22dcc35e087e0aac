"""What the bench on a real model measured: a file of results that a killed bench goes on from."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from skillopt.core.value import Value, content_hash
from tests.benchmarks.results_file import read_lines

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
    """The results so far by the key of their piece.

    Raises:
        ValueError: a whole line is no result.
    """
    return {result.piece.key: result for result in read_lines(path, Result)}
