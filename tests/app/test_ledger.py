"""Which ledger a project has."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.app.ledger import default_ledger, open_ledger, project_ledger, read_other
from skillopt.errors import LedgerError
from tests.adapters.ledger.samples import SKILL, a_run


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "skills").mkdir()
    (tmp_path / "skillopt.toml").touch()
    monkeypatch.chdir(tmp_path / "skills")
    return tmp_path


def test_it_is_the_default_one_as_a_path_from_here(project: Path) -> None:
    assert project_ledger(Path.cwd()) == Path("../.skillopt/ledger.db")
    assert default_ledger(project) == project / ".skillopt" / "ledger.db"


def test_the_settings_name_another_path_or_a_url(project: Path) -> None:
    (project / "skillopt.toml").write_text('ledger = "postgresql://db.example/skills"\n')
    assert project_ledger(Path.cwd()) == "postgresql://db.example/skills"


def test_outside_a_project_it_is_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "published").mkdir()
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    skill = tmp_path / "published" / "SKILL.md"
    assert project_ledger(skill) == Path(".skillopt/ledger.db")


async def test_one_that_is_not_there_is_made_only_on_request(project: Path) -> None:
    with pytest.raises(LedgerError, match="no ledger at"):
        open_ledger(None)
    async with open_ledger(None, create=True) as made:
        await made.start_run(a_run(), SKILL)
    async with open_ledger(None, of=project / "skills" / "x.md") as found:
        assert [run.record.id for run in await found.list_runs()] == ["run-1"]
    with read_other(str(project / ".skillopt" / "ledger.db")) as other:
        assert other.ledger
    with pytest.raises(LedgerError, match="no ledger at"), read_other("none.db"):
        pass
