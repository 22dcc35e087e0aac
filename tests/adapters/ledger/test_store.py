"""Where a ledger's file is created, and what is said where it cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.errors import LedgerError


async def test_the_folder_of_skillopt_is_kept_out_of_git(tmp_path: Path) -> None:
    async with SqlLedger.open(tmp_path / ".skillopt" / "ledger.db"):
        pass
    assert (tmp_path / ".skillopt" / ".gitignore").read_text(encoding="utf-8") == "*\n"


@pytest.mark.parametrize("folder", [".skillopt", "records"])
async def test_a_folder_that_is_there_or_of_another_name_is_left_alone(
    tmp_path: Path, folder: str
) -> None:
    if folder == ".skillopt":
        (tmp_path / folder).mkdir()
    async with SqlLedger.open(tmp_path / folder / "ledger.db"):
        pass
    assert not (tmp_path / folder / ".gitignore").exists()


async def test_a_folder_that_cannot_be_created_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(LedgerError, match="no folder for the ledger"):
        async with SqlLedger.open(tmp_path / "file" / ".skillopt" / "ledger.db"):
            pass
