"""A ledger that this process may only read: whatever reads works, whatever writes says so."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.adapters.ledger.audit import verification
from skillopt.adapters.ledger.read import listings
from skillopt.core.history.views import RoundFilter
from skillopt.errors import LedgerError
from tests.adapters.ledger.samples import a_run
from tests.scripted import SKILL

NOBODY = 65534
LOADED = (verification, listings)
"""Late imports come before the rights are given up: the package may lie in root's folder."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that anybody may read: those of pytest are its user's alone."""
    made = Path(tempfile.mkdtemp(prefix="skillopt-"))
    made.chmod(0o755)
    yield made
    made.chmod(0o755)
    shutil.rmtree(made)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nothing in the folder may be written, not even by root, who is somebody else meanwhile."""
    folder.chmod(0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


async def test_it_is_read_and_verified_and_not_written(folder: Path) -> None:
    async with SqlLedger.open(folder / "ledger.db") as ledger:
        await ledger.start_run(a_run(), SKILL)
    (folder / "ledger.db").chmod(0o444)
    before = names(folder)
    with read_only(folder):
        async with SqlLedger.open(folder / "ledger.db", create=False) as ledger:
            assert (await ledger.verify()).bad is None
            assert await ledger.skill(SKILL.digest) == SKILL
            assert await ledger.list_rounds(RoundFilter()) == ()
            with pytest.raises(LedgerError, match=r"ledger\.db is read-only"):
                await ledger.start_run(a_run(id="another"), SKILL)
    assert names(folder) == before
