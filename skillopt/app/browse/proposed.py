"""The two versions of a proposal: what it was written for, and what it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from skillopt.core.skill.edit import apply
from skillopt.core.skill.skill import Skill

if TYPE_CHECKING:
    from skillopt.adapters.ledger import SqlLedger
    from skillopt.core.history.views import RoundEntry


class Difference(NamedTuple):
    """Incumbent and candidate."""

    before: Skill
    after: Skill


async def difference(ledger: SqlLedger, found: RoundEntry) -> Difference | None:
    """Both versions; None where the ledger has no text of one, or the edits do not fit.

    A candidate that was refused before the gate is made from its edits.
    """
    before = await ledger.skill(found.summary.parent)
    if before is None:
        return None
    stored = found.summary.candidate
    after = await ledger.skill(stored) if stored else None
    if after is None and found.round.proposal is not None:
        made = apply(before, found.round.proposal.edits)
        after = made if isinstance(made, Skill) else None
    return Difference(before, after) if after is not None else None
