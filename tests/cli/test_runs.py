"""`skillopt runs`: alone it lists, and `show` without an id shows the newest."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from skillopt.adapters.ledger import SqlLedger
from skillopt.cli.runs import app
from skillopt.errors import InputError
from tests.adapters.ledger.samples import SKILL, a_run


@pytest.fixture
def ledger_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "skillopt.toml").touch()
    (tmp_path / ".skillopt").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path / ".skillopt" / "ledger.db"


def fill(path: Path, *runs: str) -> None:
    async def filled() -> None:
        async with SqlLedger.open(path) as ledger:
            for name in runs:
                await ledger.start_run(a_run(name), SKILL)

    asyncio.run(filled())


def said(*arguments: str) -> str:
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False).stdout


def test_runs_alone_lists(ledger_file: Path) -> None:
    fill(ledger_file, "run-1", "run-2")
    assert [line.split()[0] for line in said().splitlines()] == ["run-2", "run-1"]
    assert said() == said("list")


def test_show_without_an_id_shows_the_newest(ledger_file: Path) -> None:
    fill(ledger_file, "run-1", "run-2")
    assert "run-2" in said("show")
    assert said("show") == said("show", "run-2")


def test_show_in_an_empty_ledger_says_how_to_start(ledger_file: Path) -> None:
    fill(ledger_file)
    with pytest.raises(InputError, match="skillopt tune"):
        said("show")
