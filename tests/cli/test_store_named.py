"""How a suggested command names the ledger."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.cli.store import named, shown_ledger


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "skillopt.toml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SKILLOPT_LEDGER", raising=False)


def test_the_default_ledger_is_not_named() -> None:
    assert named(None) == ""
    assert named(".skillopt/ledger.db") == ""


def test_another_ledger_is_named_as_the_shell_takes_it() -> None:
    assert named("my ledger.db") == " --ledger 'my ledger.db'"


def test_the_ledger_of_the_environment_and_of_the_settings_is_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "skillopt.toml").write_text('ledger = "postgresql://db.example/skills"\n')
    assert named("postgresql://db.example/skills") == ""
    monkeypatch.setenv("SKILLOPT_LEDGER", "other.db")
    assert named("other.db") == ""


def test_a_report_says_where_the_ledger_is(tmp_path: Path) -> None:
    assert shown_ledger(None, of=tmp_path / "SKILL.md") == ".skillopt/ledger.db"
    assert shown_ledger("other.db", of=tmp_path) == "other.db"
    assert "hunter2secret" not in shown_ledger(
        "postgresql://me:hunter2secret@db.example/skills", of=tmp_path
    )


def test_no_password_is_printed() -> None:
    told = named("postgresql://me:hunter2secret@db.example/skills")
    assert "hunter2secret" not in told
    assert "db.example/skills" in told
