from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings

from skillopt.adapters.ledger import SqlLedger
from skillopt.adapters.models import Callers
from tests.adapters.ledger import postgres
from tests.forked_callers import Forks

settings.register_profile("seeded", derandomize=True, deadline=None, max_examples=50)
settings.register_profile("random", deadline=None, max_examples=200)
settings.load_profile("seeded")

NO_SERVER = "no PostgreSQL server: the first test that needs one says why"

LONGEST = (
    "docs/test_docs.py", "adapters/ledger/append/test_processes.py", "cli/test_cli.py",
    "cli/test_in_terminal.py", "faults/test_faults.py", "app/test_null_edits.py",
    "adapters/ledger/audit/test_tampering.py", "app/test_many_tunings.py", "test_kill.py",
    "test_growth.py",
)  # fmt: skip
"""They come first: with one of them at the end, a worker would have nothing else to do."""

gc.disable()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Garbage is looked for from here on, and not in what is loaded: modules, and the tests."""
    result = yield
    gc.freeze()
    gc.enable()
    return result


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    longest = {Path(__file__).parent / name for name in LONGEST}
    items.sort(key=lambda item: item.path not in longest)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Skips for want of a server share a place, so that the summary has one line for all."""
    report = yield
    if report.skipped and str(report.longrepr).endswith(f"{NO_SERVER}')"):
        report.longrepr = (__file__, None, NO_SERVER)
    return report


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str | postgres.UnavailableError]:
    """The URL of a server, or why there is none."""
    with ExitStack() as stack:
        try:
            found: str | postgres.UnavailableError = stack.enter_context(postgres.server())
        except postgres.UnavailableError as error:
            found = error
        yield found


@pytest.fixture
def postgres_url(postgres_server: str | postgres.UnavailableError) -> Iterator[str]:
    """The URL of an empty database; without a server one test fails and the others are skipped."""
    if isinstance(postgres_server, postgres.UnavailableError):
        if postgres_server.shown:
            pytest.skip(NO_SERVER)
        postgres_server.shown = True
        pytest.fail(str(postgres_server), pytrace=False)
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


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    made = Forks()
    yield made
    made.close()


@pytest.fixture
async def elsewhere(forks: Forks) -> AsyncIterator[Callers]:
    """Two processes make the calls."""
    callers = Callers(2, start=forks.start)
    await callers.start(2)
    yield callers
    await callers.close()
