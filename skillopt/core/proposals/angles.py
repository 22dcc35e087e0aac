"""Angles: several proposals of one round, each from another side on purpose.

One optimizer that is asked several times with the same prompt says the same thing several times.
So the first proposal of a round is free, and each further one is asked for from an angle of its
own. Over the rounds of a run the angles take turns.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from skillopt.core.proposals.proposal import Draft
from skillopt.core.value import Value

AngleName = Literal["another_cause", "repaired_refusal", "deletion", "another_section", "shorter"]
_TURNS: tuple[AngleName, ...] = (
    "another_cause",
    "repaired_refusal",
    "deletion",
    "another_section",
    "shorter",
)

MOST_CANDIDATES = 6
"""In one round: a free one, and one from every angle."""


class Angle(Value):
    """The side from which a further proposal of a round is asked for."""

    name: AngleName
    proposed: tuple[Draft, ...] = Field(default=())
    """What was proposed in this round already."""

    def told(self) -> dict[str, object]:
        """What the optimizer is shown of it."""
        drafts = [
            {"idea": draft.idea, "edits": [edit.model_dump(mode="json") for edit in draft.edits]}
            for draft in self.proposed
        ]
        return {"angle": self.name, "proposed": drafts}


def angles(candidates: int, *, number: int, refused: bool) -> tuple[AngleName, ...]:
    """The angles of a round's proposals after the first, no two alike.

    Args:
        candidates: how many proposals the round asks for.
        number: of the round, from 1.
        refused: whether there are refusals to repair.
    """
    turns = [name for name in _TURNS if refused or name != "repaired_refusal"]
    more = min(candidates - 1, len(turns))
    start = (number - 1) * more
    return tuple(turns[(start + at) % len(turns)] for at in range(more))
