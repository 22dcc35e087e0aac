"""The proposals of a ledger, for a list: nothing is imported that a list does not need."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from skillopt.adapters.ledger.db.plain_sql import PlainSql
from skillopt.adapters.ledger.read.direct import read_directly
from skillopt.adapters.ledger.read.round_lists import count_rounds, count_waiting, list_rounds
from skillopt.app.ledger import open_ledger, project_ledger
from skillopt.core.history.listed_round import ListedRound, WantedRounds


class Proposals(NamedTuple):
    """The proposals that a list shows."""

    rounds: Sequence[ListedRound]
    total: int
    """How many pass the filter."""
    waiting: int
    """How many of the whole ledger wait for a person: they are no entries yet."""


def list_proposals(where: str | None, wanted: WantedRounds) -> Proposals:
    """List proposals, newest first.

    Args:
        where: path or URL of the ledger; by default the one of the working directory's project.
        wanted: which ones.

    Raises:
        InputError: no run begins as the filter says, or there is no word in its text.
        LedgerError: there is no ledger, or it cannot be read.
    """
    place = where or project_ledger(Path.cwd())

    def ask(sql: PlainSql) -> Proposals:
        return _found(sql, wanted)

    found = read_directly(place, ask)
    return _opened(place, ask) if found is None else found


def _opened(place: str | Path, ask: Callable[[PlainSql], Proposals]) -> Proposals:
    """What any other ledger has: PostgreSQL, an earlier schema; or what is wrong with it."""
    import asyncio

    async def found() -> Proposals:
        async with open_ledger(str(place)) as ledger:
            return await ledger.look(ask)

    return asyncio.run(found())


def _found(sql: PlainSql, wanted: WantedRounds) -> Proposals:
    found = list_rounds(sql, wanted)
    # Counting costs as much as listing: only where there may be more.
    total = len(found) if len(found) < wanted.limit else count_rounds(sql, wanted)
    return Proposals(found, total, count_waiting(sql))
