"""Which ledger a command reads."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.cli.store import quoted, read
from skillopt.errors import LedgerError
from tests.adapters.ledger.samples import SKILL, a_run


def filled(path: Path, run: str) -> Path:
    async def fill() -> None:
        async with SqlLedger.open(path) as ledger:
            await ledger.start_run(a_run(run), SKILL)

    path.parent.mkdir(parents=True, exist_ok=True)
    asyncio.run(fill())
    return path


async def runs(ledger: SqlLedger) -> list[str]:
    return [run.record.id for run in await ledger.list_runs()]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a ledger, and a folder in it to work in."""
    folder = tmp_path / "project"
    (folder / "skills" / "triage").mkdir(parents=True)
    (folder / "skillopt.toml").touch()
    filled(folder / ".skillopt" / "ledger.db", "the-projects")
    monkeypatch.chdir(folder / "skills")
    return folder


def test_it_is_the_ledger_of_the_project_one_works_in(project: Path) -> None:
    assert read(None, runs) == ["the-projects"]


def test_a_named_one_wins(project: Path, tmp_path: Path) -> None:
    assert read(str(filled(tmp_path / "named.db", "named")), runs) == ["named"]


def test_a_file_brings_its_own_projects(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read(None, runs, of=project / "skills" / "triage" / "SKILL.md") == ["the-projects"]


def test_a_project_may_name_its_ledger(project: Path, tmp_path: Path) -> None:
    elsewhere = filled(tmp_path / "elsewhere.db", "elsewhere")
    (project / "pyproject.toml").write_text(f'[tool.skillopt]\nledger = "{elsewhere}"\n')
    assert read(None, runs) == ["elsewhere"]
    (project / "skillopt.toml").write_text("rounds = 3\n")
    assert read(None, runs) == ["elsewhere"], "the file that names one"


def test_a_ledger_that_is_not_there_is_made_only_on_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "skillopt.toml").touch()
    with pytest.raises(LedgerError, match=r"no ledger at \.skillopt/ledger\.db"):
        read(None, runs)
    assert not (tmp_path / ".skillopt").exists()
    assert read(None, runs, create=True) == []
    assert (tmp_path / ".skillopt" / "ledger.db").exists()


def test_a_path_in_a_suggested_command_is_no_option() -> None:
    assert quoted(Path("-dash/a b")) == "'./-dash/a b'"
    assert quoted(Path("a-b/x")) == "a-b/x"
