"""Where a proposal may be refused."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """Where a proposal was refused, in the order of the way."""

    REPLY = "reply"
    """The optimizer's reply was no proposal."""
    FIT = "fit"
    """An anchor, a locked region or the edit budget."""
    SCREEN = "screen"
    """A rejected proposal or idea again, or a statement that the skill has already."""
    RACE = "race"
    """The comparison with the other proposals of its round, on train tasks."""
    GATE = "gate"
    """The gate on validation tasks."""
    APPROVAL = "approval"
    """A person who decides on what the gate has accepted."""
