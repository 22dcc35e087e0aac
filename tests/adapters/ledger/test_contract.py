from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.ports import Ledger
from tests.adapters.ledger.contract import LedgerContract
from tests.standins_ledger import MemoryLedger


class TestSqlite(LedgerContract):
    @pytest.fixture
    async def ledger(self, tmp_path: Path) -> AsyncIterator[Ledger]:
        async with SqlLedger.open(tmp_path / "deep" / "ledger.db") as ledger:
            yield ledger


class TestMemory(LedgerContract):
    @pytest.fixture
    def ledger(self) -> Ledger:
        return MemoryLedger()
