"""The entries that are most alike: what else was tried in this place, in this context."""

from __future__ import annotations

from sqlalchemy import Connection

from skillopt.adapters.ledger.index.recall import recalled
from skillopt.core.history.recall import Recall, same_keys
from skillopt.core.history.run import Round
from skillopt.core.history.views import Alike
from skillopt.core.skill.similarity import similarity

MOST = 3
LEAST = 0.4
"""Below this likeness two edits have little more than their place in common."""


def alike(connection: Connection, round_: Round, *, skill_id: str) -> tuple[Alike, ...]:
    """The refused entries that are most like a round's edits, the most similar first.

    It finds what shares a key with them, as the screen does: what is hardly alike may be missed.
    """
    if round_.proposal is None:
        return ()
    keys = same_keys(skill_id, round_.context, round_.proposal, round_.changes)
    found: dict[str, Alike] = {}
    for refusal in recalled(connection, Recall(keys)):
        measured = similarity(refusal.changes, round_.changes)
        best = found.get(refusal.id)
        if refusal.id == round_.id or measured < LEAST or (best and best.likeness >= measured):
            continue
        found[refusal.id] = Alike(
            id=refusal.id,
            likeness=measured,
            outcome="inconclusive" if refusal.outcome == "inconclusive" else "rejected",
            idea=refusal.proposal.draft.idea,
        )
    return tuple(sorted(found.values(), key=lambda one: (-one.likeness, one.id))[:MOST])
