from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from tests.adapters.ledger import postgres


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres.server() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    with postgres.fresh_database(postgres_server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
async def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqlLedger]:
    """An empty ledger, on each database."""
    where = tmp_path / "ledger.db"
    if request.param == "postgresql":
        where = request.getfixturevalue("postgres_url")
    async with SqlLedger.open(where) as opened:
        yield opened
