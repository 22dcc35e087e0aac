"""Self-check: the target assesses its answer after an end marker, and is graded without that.

The answer comes first, so the assessment cannot shape it, and a deployed skill need not ask for one
(post-completion learning: Fei et al. 2025, arXiv 2507.20252). The instruction stands in the prompt
of the probe and never in the skill.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pydantic import Field

from skillopt.core.evaluation.asked import AskedTask, asked_as, with_last_turn
from skillopt.core.evaluation.task import Task
from skillopt.core.figures import clipped
from skillopt.core.value import Value

MARKER = "[end of answer]"
INSTRUCTION = (
    f"When your answer is complete, write a line with only {MARKER} and after it a line "
    "`Confidence: N`, where N from 0 to 100 is the chance in per cent that the answer is right."
)
LONGEST = 500
"""Characters of an assessment that are kept."""

_MARKER = re.compile(re.escape(MARKER), re.IGNORECASE)
_NUMBER = r"(-?\d+(?:[.,]\d+)?)\s*(%|/\s*100\b)?"
_NAMED = re.compile(r"confidence[\s:=*_`]*" + _NUMBER, re.IGNORECASE)
_ANY = re.compile(_NUMBER)


class Assessment(Value):
    """What a target says of its own answer."""

    text: str
    confidence: float | None = Field(default=None, ge=0, le=1)
    """The chance that the answer is right; None where the text names none that can be read."""


class Parted(NamedTuple):
    """An answer, and what came after its end marker."""

    answer: str
    assessment: Assessment | None
    """None where there is no marker."""


def self_checked(task: Task) -> AskedTask:
    """``task``, with the instruction to assess the answer at the end of the prompt."""
    asked = with_last_turn(task, after=INSTRUCTION)
    return asked_as(task, asked, manner="self-check", assessed=True)


def parted(text: str) -> Parted:
    """The answer without the assessment, which begins at the last end marker.

    White space before the marker is no part of the answer. Without a marker all of it is the
    answer.
    """
    marks = list(_MARKER.finditer(text))
    if not marks:
        return Parted(text, None)
    said = text[marks[-1].end() :].strip()
    assessment = Assessment(text=clipped(said, LONGEST), confidence=confidence_in(said))
    return Parted(text[: marks[-1].start()].rstrip(), assessment)


def confidence_in(text: str) -> float | None:
    """The confidence that ``text`` names, in [0, 1]; None where there is none that can be read.

    It is in per cent, unless it is written as a fraction such as 0.8 or 1.0.
    """
    match = _NAMED.search(text) or _ANY.search(text)
    if match is None:
        return None
    number, unit = match[1].replace(",", "."), match[2]
    value = float(number)
    fraction = "." in number and value <= 1 and unit is None
    share = value if fraction else value / 100
    return share if 0 <= share <= 1 else None
