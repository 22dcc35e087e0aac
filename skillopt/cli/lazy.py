"""Commands that are imported when they are called, not when they are listed.

The settings alone take longer to import than the whole of `skillopt --help` should.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command


class Home(NamedTuple):
    """Where a command is found, and what the list of commands says of it."""

    module: str
    name: str
    """Of the function, or of the `typer.Typer` of a group."""
    summary: str
    """The first sentence of the command's own help; a test compares the two."""


HOMES = {
    "tune": Home("tune", "command", "Tune a skill on its tasks."),
    "eval": Home(
        "evaluate",
        "command",
        "Score a skill on its validation tasks, with a 95 % interval.",
    ),
    "gate": Home(
        "gate", "command", "Test a hand-written edit (OLD vs NEW) on the validation tasks."
    ),
    "aa": Home(
        "aa",
        "command",
        "Run an A/A test: how often does the gate accept an identical skill?",
    ),
    "probe": Home(
        "probe",
        "command",
        "Probe a skill: second attempts, self-checks, wrapped tasks, agreement.",
    ),
    "triggers": Home(
        "triggers",
        "command",
        "Measure whether agents load a skill: recall, and false triggers.",
    ),
    "diff": Home(
        "versions",
        "diff_command",
        "Show the difference between the skill and a version in the ledger.",
    ),
    "revert": Home("versions", "revert_command", "Restore a version of the skill from the ledger."),
    "init": Home(
        "scaffold",
        "command",
        "Create a skill and a validation set to fill in.",
    ),
    "import-tasks": Home(
        "import_tasks",
        "command",
        "Write an eval set of another format as a validation set.",
    ),
    "export-tasks": Home(
        "export_tasks",
        "command",
        "Write a skill's tasks as a promptfoo config.",
    ),
    "doctor": Home(
        "doctor",
        "command",
        "Check that a skill is ready to tune and show how to fix problems.",
    ),
    "mcp": Home(
        "mcp.command",
        "command",
        "Serve skillopt's tools to an agent over standard input and output (MCP).",
    ),
    "serve": Home(
        "serve",
        "command",
        "Serve the ledger as web pages: search, audit, trace, compare, verify.",
    ),
    "mine": Home("mine", "app", "Find candidate tasks in chat logs, traces and documents."),
    "ledger": Home("ledger", "app", "Browse and audit every proposed edit and its verdict."),
    "runs": Home("runs", "app", "List and show the runs in the ledger."),
    "report": Home(
        "report",
        "command",
        "Write a run's report: one self-contained HTML file, or Markdown.",
    ),
}


LEDGER_HOMES = {
    "ablate": Home(
        "ledger_ablate",
        "ablate_command",
        "Test each edit of a rejected bundle alone, to find the one at fault.",
    ),
    "attach": Home(
        "ledger_attach",
        "attach_command",
        "Attach the record of a skill that was moved to its new path.",
    ),
    "digest": Home(
        "ledger_retry",
        "digest_command",
        "Print what the optimizer will read about earlier proposals in the next round.",
    ),
    "retry": Home(
        "ledger_retry",
        "retry_command",
        "Re-test a rejected edit against the current skill.",
    ),
}


class LazyCommand(TyperCommand):
    """Stands for a command until it is called."""

    def __init__(self, name: str, home: Home) -> None:
        super().__init__(name, callback=None, help=home.summary)
        self._home = home

    def loaded(self) -> Any:
        """The command itself."""
        found = getattr(import_module(f"skillopt.cli.{self._home.module}"), self._home.name)
        if isinstance(found, typer.Typer):
            return get_command(found)
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command(self.name)(found)
        return get_command(alone)

    def make_context(
        self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        """The context of the command itself, which is what then runs."""
        return self.loaded().make_context(info_name, args, parent=parent, **extra)


class LazyGroup(TyperGroup):
    """The commands of :data:`HOMES`."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.commands = _commands(HOMES)


class LedgerGroup(TyperGroup):
    """The commands of `skillopt ledger`; those that take a run's settings are lazy."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.commands = {**self.commands, **_commands(LEDGER_HOMES)}


def _commands(homes: dict[str, Home]) -> dict[str, Any]:
    return {name: LazyCommand(name, home) for name, home in homes.items()}
