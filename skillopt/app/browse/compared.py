"""Two runs beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillopt.core.history.comparison import RunComparison, RunSide, comparison_of
from skillopt.core.history.views import RoundFilter

if TYPE_CHECKING:
    from skillopt.adapters.ledger import SqlLedger

MOST_ROUNDS = 500
"""Newest proposals of each run that are compared."""


async def compare(ledger: SqlLedger, first: str, second: str) -> RunComparison:
    """Compare two runs, each by its id or the beginning of one.

    Raises:
        InputError: no run has such an id, or several have.
    """
    return comparison_of(await _side(ledger, first), await _side(ledger, second))


async def _side(ledger: SqlLedger, given: str) -> RunSide:
    found = await ledger.run_row(given)
    rounds = await ledger.list_rounds(RoundFilter(run=found.record.id, limit=MOST_ROUNDS))
    return RunSide(run=found, rounds=rounds, usage=await ledger.usage(found.record.id))
