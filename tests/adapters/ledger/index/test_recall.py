"""Recall on every ledger, and that it can be made again from the chain."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, select

from skillopt.adapters.ledger import SqlLedger
from skillopt.adapters.ledger.index import filing
from skillopt.adapters.ledger.schema.tables import DERIVED_TABLES
from skillopt.core.proposals.refusal import Stage
from skillopt.ports import Ledger
from tests.adapters.ledger.recall_contract import RULE, RecallContract, rounds
from tests.adapters.ledger.samples import SKILL, a_run, an_ablation
from tests.standins_ledger import MemoryLedger


class TestSql(RecallContract):
    """On SQLite and on PostgreSQL."""


class TestMemory(RecallContract):
    @pytest.fixture
    def ledger(self) -> Ledger:
        return MemoryLedger()


def derived(connection: Connection) -> list[list[tuple[object, ...]]]:
    tables = [connection.execute(select(table)).all() for table in DERIVED_TABLES]
    return [sorted(map(tuple, rows), key=repr) for rows in tables]


async def test_all_of_it_can_be_made_again_from_the_chain(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    async with SqlLedger.open(path) as ledger:
        await ledger.start_run(a_run(), SKILL)
        await ledger.add_round(*rounds(1, RULE))
        await ledger.add_round(*rounds(2, RULE, "- Answer within 3 days.\n"))
        await ledger.add_round(*rounds(3, "- No.\n", stage=Stage.FIT))
        await ledger.add_ablation(an_ablation(2))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        before = derived(connection)
        filing.refill(connection)
        assert derived(connection) == before
        assert all(before)
    engine.dispose()
