"""A run's search as a tree, for the terminal and for a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillopt.core.history.search import Search, resumed
from skillopt.core.history.tree import TreeVersion, search_tree

if TYPE_CHECKING:
    from skillopt.adapters.ledger import SqlLedger
    from skillopt.core.history.run import RunRecord


async def grown(ledger: SqlLedger, record: RunRecord) -> TreeVersion:
    """The tree of a run's versions, proposals, dead branches and ways back."""
    rounds = await ledger.rounds(record.id)
    reached = resumed(Search(incumbent=record.first, book={}), rounds).best
    return search_tree(rounds, first=record.first, last=record.last or reached)
