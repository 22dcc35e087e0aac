"""Refusals: what the ledger remembers of a proposal that did not get in."""

from __future__ import annotations

from enum import StrEnum

from skillopt.core.proposal import Proposal
from skillopt.core.value import Value


class Stage(StrEnum):
    """Where a proposal was refused, in the order of the way."""

    REPLY = "reply"
    """The optimizer's reply was no proposal."""
    FIT = "fit"
    """An anchor, a locked region or the edit budget."""
    SCREEN = "screen"
    """Known refusal, or text of a task in the skill."""
    GATE = "gate"
    """The gate on validation tasks."""


class Refusal(Value):
    """A refused proposal, as later proposals and screens need it."""

    id: str
    """The round's id in the ledger."""
    run: str
    number: int
    """The round, counted from 1."""
    stage: Stage
    code: str
    """One word: the misfit's reason, the screen's rule or the gate's."""
    reason: str
    """One sentence."""
    outcome: str
    """`rejected` or `inconclusive`."""
    proposal: Proposal
    context: str
    """Digest of what the refusal is a fact about: target, validation set, gate policy."""
    sections: tuple[str, ...] = ()
    """The headings under which it would have written."""
