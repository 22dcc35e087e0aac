"""What one SQLite file has compiled serves the next, which gives its own rows."""

from __future__ import annotations

from pathlib import Path

from skillopt.adapters.ledger import SqlLedger
from skillopt.adapters.ledger.db import statements
from tests.adapters.ledger.samples import SKILL, a_round, a_run


async def test_two_ledgers_compile_a_statement_once(tmp_path: Path) -> None:
    async with SqlLedger.open(tmp_path / "one.db") as ledger:
        await ledger.start_run(a_run(), SKILL)
        await ledger.add_round(*a_round())
        assert len(await ledger.list_rounds()) == 1
    compiled = len(statements.SQLITE)
    assert compiled
    async with SqlLedger.open(tmp_path / "two.db") as ledger:
        await ledger.start_run(a_run(), SKILL)
        await ledger.add_round(*a_round())
        assert len(await ledger.list_rounds()) == 1
        await ledger.add_round(*a_round(2))
        assert len(await ledger.list_rounds()) == 2
    assert len(statements.SQLITE) == compiled
