"""What a target has left behind, for checks that look at more than its answer's text."""

from __future__ import annotations

from typing import NamedTuple

from skillopt.core.evaluation.trace import ProducedFile


class Produced(NamedTuple):
    """A target's workspace, where it has one, and the files that it says it has produced."""

    workspace: str | None = None
    """The folder; it is there until the checks are done."""
    files: tuple[ProducedFile, ...] = ()


NOTHING = Produced()
