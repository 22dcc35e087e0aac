"""Checks of the tune-a-skill validation set: the next step, and what may be claimed.

An answer is one line ``next: claim``. A task's ``expected`` maps ``next`` and ``claim`` to the
right values. Every check returns a score, 0 or 1, and a feedback text, and none raises, whatever
the answer or the task holds.
"""

import re
from collections.abc import Mapping
from typing import Final, Protocol

_LINE: Final = re.compile(r"(?P<next>[a-z]+(?:-[a-z]+)*): (?P<claim>[a-z]+(?:-[a-z]+)*)")
_LONGEST: Final = 60


class TuningTask(Protocol):
    """What these checks read of a task."""

    @property
    def expected(self) -> object:
        """The right ``next`` and ``claim``, as a mapping."""


def next_step(answer: str, task: TuningTask) -> tuple[float, str]:
    """1 if the next step is the expected one, else 0."""
    return _field("next", answer, task)


def claim(answer: str, task: TuningTask) -> tuple[float, str]:
    """1 if the claim is the expected one, else 0."""
    return _field("claim", answer, task)


def _field(name: str, answer: str, task: TuningTask) -> tuple[float, str]:
    """Compare one field of the line with the same field of ``expected``."""
    expected = task.expected.get(name) if isinstance(task.expected, Mapping) else None
    if not isinstance(expected, str):
        return 0.0, f"{name}: the task's `expected` names no `{name}`; add it to the task"
    line = _LINE.fullmatch(answer.strip())
    if line is None:
        shown = " ".join(answer.split())[:_LONGEST] or "nothing"
        return 0.0, f"{name}: got `{shown}`, expected one line `next: claim` with `{expected}`"
    if line[name] != expected:
        return 0.0, f"{name}: got `{line[name]}`, expected `{expected}`"
    return 1.0, f"{name}: got `{expected}`, as expected"
