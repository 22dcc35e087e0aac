"""Which skills of a library are begun: measuring all may leave nothing to improve one by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from skillopt.core.value import content_hash

FOR_ROUNDS = 0.5
"""Share of the budget that a skill that is begun leaves for rounds; the first one need not."""


class Entry(NamedTuple):
    """What a skill takes beside its rounds."""

    name: str
    calls: int
    """To measure its first version, and for its sealed test."""


def in_order(entries: Sequence[Entry], *, seed: int = 0) -> tuple[str, ...]:
    """The names in the order in which the skills are begun: the cheapest first."""
    ordered = sorted(entries, key=lambda one: (one.calls, content_hash([seed, one.name])))
    return tuple(one.name for one in ordered)


def may_enter(share: float, *, left: float | None, begun: int) -> bool:
    """Whether one more skill is begun.

    Args:
        share: of the budget, what it takes beside its rounds.
        left: share of the budget that is neither spent nor kept for sealed tests; None for no
            limit.
        begun: how many skills have been begun.
    """
    return left is None or not begun or left - share >= FOR_ROUNDS
