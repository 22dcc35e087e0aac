"""A target of the caller's own, as a run's record names it."""

from __future__ import annotations

import re
from typing import Literal

from skillopt.core.value import Value

IDENTITY_UNKNOWN = "identity unknown"
"""Marks a target that no other run can be compared with."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_SHOWN = 12


class OwnTarget(Value):
    """What a target of the caller's own is called, and what its identity rests on."""

    name: str
    identity: Literal["derived", "named", "unknown"]
    """From its code and files, by the caller, or from nothing: then it is one run's alone."""


def identity_unknown(target: str, own: OwnTarget | None) -> bool:
    """Whether a run's target cannot be compared with that of another run.

    Args:
        target: a model's string, or the identity of a target of the caller's own.
        own: what its record says of the latter; records of earlier versions say nothing.
    """
    if own is None:
        return _DIGEST.fullmatch(target) is not None
    return own.identity == "unknown"


def shown_target(target: str, own: OwnTarget | None) -> str:
    """A run's target for people; one that is of an unknown identity is marked."""
    if identity_unknown(target, own):
        return f"{own.name if own else target[:_SHOWN]} ({IDENTITY_UNKNOWN})"
    if own is None:
        return target
    return own.name if own.identity == "named" else f"{own.name} ({target[:_SHOWN]})"
