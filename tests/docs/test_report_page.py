"""The page on reports says what is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from skillopt.cli.main import app
from skillopt.core.report.paired import MOST_LISTED
from skillopt.core.report.proposals import MOST_ROWS
from skillopt.pages.report_html import MOST_OPEN
from tests.app.tickets import project

PAGE = " ".join((Path(__file__).parents[2] / "docs" / "report.md").read_text("utf-8").split())
COMMANDS = re.findall(r"skillopt report[^`]*?(?= skillopt| ```)", PAGE)


def call(*arguments: str) -> None:
    app([*arguments], standalone_mode=False)


def test_the_commands_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project(tmp_path))
    monkeypatch.delenv("SKILLOPT_LEDGER", raising=False)
    call("gate", "tickets.md", "new.md", "--tasks", "validation_sets/tickets.yaml")
    capsys.readouterr()
    call("runs", "list", "--json")
    [run] = re.findall(r'"id": "(\d{8}-\d{6}-\w+)"', capsys.readouterr().out)
    assert len(COMMANDS) == 3
    for command in COMMANDS:
        words = command.split()[1:]
        call(*(run if word == "20260102" else word for word in words))
    assert {path.name for path in tmp_path.glob("report*")} == {
        f"report-{run}.html", "report.html", "report.md",
    }  # fmt: skip


def test_the_figures_are_those_of_the_code() -> None:
    assert f"more than {MOST_OPEN} proposals" in PAGE
    assert f"at most {MOST_LISTED} tasks and {MOST_ROWS} rows" in PAGE
