"""A target of the caller's own, as a run's record names it."""

from __future__ import annotations

from typing import Literal

from skillopt.core.value import Value


class OwnTarget(Value):
    """What a target of the caller's own is called, and what its identity rests on."""

    name: str
    identity: Literal["derived", "named", "unknown"]
    """From its code and files, by the caller, or from nothing: then it is one run's alone."""
