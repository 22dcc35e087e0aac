"""A list of proposals, from any ledger that there is."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.app.list_proposals import list_proposals
from skillopt.core.history.listed_round import WantedRounds
from skillopt.errors import LedgerError
from tests.adapters.ledger.samples import SKILL, a_round, a_run

EARLIER = Path(__file__).parents[1] / "adapters" / "ledger" / "earlier" / "schema-6.db.gz"


async def fill(ledger: SqlLedger, *, rounds: int) -> None:
    async with ledger:
        await ledger.start_run(a_run(), SKILL)
        for number in range(1, rounds + 1):
            await ledger.add_round(*a_round(number))


def test_it_counts_what_the_limit_leaves_out(tmp_path: Path) -> None:
    where = tmp_path / "ledger.db"
    asyncio.run(fill(SqlLedger.open(where), rounds=3))
    found = list_proposals(str(where), WantedRounds(limit=2))
    assert ([one.number for one in found.rounds], found.total) == ([3, 2], 3)
    assert list_proposals(str(where), WantedRounds(skill="none")).total == 0


def test_an_earlier_schema_is_brought_up_to_date_and_listed(tmp_path: Path) -> None:
    where = tmp_path / "ledger.db"
    where.write_bytes(gzip.decompress(EARLIER.read_bytes()))
    first = list_proposals(str(where), WantedRounds())
    assert first.total > 0
    assert list_proposals(str(where), WantedRounds()) == first


def test_postgresql_is_listed_as_well(postgres_url: str) -> None:
    asyncio.run(fill(SqlLedger.open(postgres_url), rounds=3))
    found = list_proposals(postgres_url, WantedRounds(limit=2))
    assert ([one.number for one in found.rounds], found.total) == ([3, 2], 3)


def test_what_is_no_ledger_is_said(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="no ledger at"):
        list_proposals(str(tmp_path / "none.db"), WantedRounds())
    (tmp_path / "notes.txt").write_text("no database\n" * 99)
    with pytest.raises(LedgerError, match="is not a SQLite database"):
        list_proposals(str(tmp_path / "notes.txt"), WantedRounds())
