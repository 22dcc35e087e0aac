"""Near misses: contests that ended undecided, or with a candidate ahead, and may be continued.

A continued contest is the earlier one with one pass more: it plays by the same looks in the same
order, the runs it has are counted, and its test is on all of them, at half the level. So it is one
sequential test of two stages, which spend the level and at most half of it again, and no fresh draw
that is repeated until it wins. How little of that half is spent was measured
(`docs/ledger-conditioning.md`, "Near misses").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import Field

from skillopt.core.gate.contest import GateKind, Outcome
from skillopt.core.history.run import AcceptedRound, Round
from skillopt.core.proposals.proposal import Proposal
from skillopt.core.skill.edit import MisfitReason
from skillopt.core.value import Value

CONTINUED: tuple[GateKind, ...] = ("balanced", "race", "explore")
"""Gates whose rejections are continued: those that compare with the incumbent's pooled record. In
`exact` a further pass would need all of the incumbent's runs again, and `strict` makes only one."""

NOTHING_BETTER = (MisfitReason.NO_EDITS.value, "known", "alike", "repeated")
"""Codes of a screen's refusal that say that the optimizer has nothing new."""


class NearMiss(Value):
    """A proposal that may be continued."""

    id: str
    """Of its entry."""
    number: int
    """Its round: the order of the tasks follows from it."""
    proposal: Proposal
    gain: float
    passes: int = Field(ge=0)
    """Passes that were tested; 0 where too many results were missing for a test."""
    aims: tuple[str, ...] = ()
    retests: tuple[str, ...] = ()

    @property
    def tests(self) -> int:
        """How many tests it has failed; each halves the level of the next."""
        return int(self.passes > 0)


def near_miss_of(round_: Round) -> NearMiss | None:
    """The near miss that ``round_`` is, if it is one.

    Rejected by the final test while ahead, or inconclusive. A candidate that a look has stopped is
    none: the level rests on the looks being final. Nor is one that was continued before.
    """
    verdict = round_.decision.verdict
    if isinstance(round_.decision, AcceptedRound) or verdict is None or round_.proposal is None:
        return None
    gain = verdict.gain or 0.0
    undecided = verdict.outcome is Outcome.INCONCLUSIVE
    ahead = verdict.outcome is Outcome.REJECTED and verdict.code == "test" and gain > 0
    if round_.continues or not (undecided or ahead):
        return None
    return NearMiss(
        id=round_.id,
        number=round_.number,
        proposal=round_.proposal,
        gain=gain,
        passes=0 if undecided else verdict.passes,
        aims=round_.aims,
        retests=round_.retests,
    )


def after_round(near: Sequence[NearMiss], round_: Round) -> tuple[NearMiss, ...]:
    """The near misses after one more round: each is continued once."""
    left = tuple(one for one in near if one.id != round_.continues)
    found = near_miss_of(round_)
    return (*left, found) if found else left


def to_continue(
    near: Iterable[NearMiss], *, parent: str, kind: GateKind, steady: bool
) -> tuple[NearMiss, ...]:
    """Those that may be continued on the incumbent, the largest gain first.

    Args:
        near: near misses of the run.
        parent: digest of the incumbent; a contest on another version says nothing of this one.
        kind: the gate.
        steady: the target answers alike every time, so that a further pass shows nothing new.
    """
    found = (
        one
        for one in near
        if one.proposal.parent == parent
        if kind in CONTINUED
        if not (steady and one.passes)
    )
    return tuple(sorted(found, key=lambda one: one.gain, reverse=True))
