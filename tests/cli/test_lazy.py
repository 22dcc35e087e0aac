"""Commands that are imported when they are called, not when they are listed."""

from __future__ import annotations

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from skillopt.cli.lazy import HOMES, LEDGER_HOMES, Home, LazyCommand
from skillopt.cli.ledger import app as ledger_app
from skillopt.cli.main import app

NOWHERE = Home("no_such_module", "command", "A command that cannot be imported.")


@pytest.mark.parametrize(("name", "home"), [*HOMES.items(), *LEDGER_HOMES.items()])
def test_every_command_is_where_it_is_said_to_be(name: str, home: Home) -> None:
    loaded = LazyCommand(name, home).loaded()
    group = hasattr(loaded, "commands")
    assert group is (home.name == "app")
    assert group or loaded.callback is not None


COMMANDS = {
    "approvals",
    "approve",
    "refuse",
    "serve",
    "tune",
    "tune-all",
    "eval",
    "gate",
    "aa",
    "probe",
    "diff",
    "revert",
    "init",
    "doctor",
    "import-tasks",
    "export-tasks",
    "ledger",
    "mcp",
    "mine",
    "report",
    "runs",
    "triggers",
}


def test_the_groups_list_their_commands() -> None:
    assert set(HOMES) == COMMANDS
    assert set(HOMES) == set(get_command(app).commands)  # type: ignore[attr-defined]
    commands = set(get_command(ledger_app).commands)  # type: ignore[attr-defined]
    assert commands == set(LEDGER_HOMES)


def test_listing_a_command_imports_nothing() -> None:
    command = LazyCommand("gone", NOWHERE)
    assert command.get_short_help_str(100) == NOWHERE.summary
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        command.loaded()


def test_a_command_gets_its_own_arguments_and_help() -> None:
    said = CliRunner().invoke(app, ["init", "--help"]).output
    assert "Create a skill and a validation set to fill in." in said
    assert "--folder" in said


def test_a_group_behind_a_name_has_its_commands() -> None:
    said = CliRunner().invoke(app, ["runs", "--help"]).output
    assert "list" in said
    assert "show" in said


def test_help_lists_every_command_with_its_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    said = " ".join(CliRunner().invoke(app, ["--help"]).output.split())
    for name, home in HOMES.items():
        assert name in said
        assert home.summary in said


def test_an_unknown_command_is_a_usage_error() -> None:
    assert CliRunner().invoke(app, ["nonsense"]).exit_code == 2


def test_a_function_behind_a_name_is_a_command_of_that_name() -> None:
    loaded = LazyCommand("diff", HOMES["diff"]).loaded()
    assert not isinstance(loaded, typer.Typer)
    assert loaded.name == "diff"
