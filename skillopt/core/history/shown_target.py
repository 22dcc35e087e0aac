"""How a run's target is shown, and whether other runs can be compared with it."""

from __future__ import annotations

import re
from typing import NamedTuple, Protocol

IDENTITY_UNKNOWN = "identity unknown"
"""Marks a target that no other run can be compared with."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_SHOWN = 12


class NamedTarget(Protocol):
    """A target of the caller's own, as far as a list shows it."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def identity(self) -> str:
        """`derived`, `named` or `unknown`."""


class StoredTarget(NamedTuple):
    """A target of the caller's own, as a run's document has it."""

    name: str
    identity: str


def identity_unknown(target: str, own: NamedTarget | None) -> bool:
    """Whether a run's target cannot be compared with that of another run.

    Args:
        target: a model's string, or the identity of a target of the caller's own.
        own: what its record says of the latter; records of earlier versions say nothing.
    """
    if own is None:
        return _DIGEST.fullmatch(target) is not None
    return own.identity == "unknown"


def shown_target(target: str, own: NamedTarget | None) -> str:
    """A run's target for people; one that is of an unknown identity is marked."""
    if identity_unknown(target, own):
        return f"{own.name if own else target[:_SHOWN]} ({IDENTITY_UNKNOWN})"
    if own is None:
        return target
    return own.name if own.identity == "named" else f"{own.name} ({target[:_SHOWN]})"
