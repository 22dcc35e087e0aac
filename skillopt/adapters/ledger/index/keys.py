"""The keys under which rounds are filed."""

from __future__ import annotations

from typing import Literal

from skillopt.core.hashing import key_of

Kind = Literal["skill", "criterion", "section"]


def round_key(kind: Kind, name: str) -> int:
    """The key of the rounds of a skill, that fix a criterion, or that write under a section."""
    return key_of(kind, name)
