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
        "Score a skill, with an interval; with --against, its lift over another version or none.",
    ),
    "gate": Home("gate", "command", "Put a person's edit through the same gate."),
    "aa": Home(
        "aa",
        "command",
        "Put a skill through the gate against itself, with the target's own noise.",
    ),
    "diff": Home(
        "versions", "diff_command", "Compare the skill's file with a version in the ledger."
    ),
    "revert": Home(
        "versions", "revert_command", "Bring a version of the skill back into its file."
    ),
    "init": Home(
        "scaffold",
        "command",
        "Scaffold a skill and a validation set that can be run as they are with --practice.",
    ),
    "doctor": Home(
        "doctor",
        "command",
        "Say what is missing before a skill can be tuned, and the command that mends it.",
    ),
    "ledger": Home("ledger", "app", "Every proposal, what became of it, and why."),
    "runs": Home("runs", "app", "The runs in the ledger."),
}


LEDGER_HOMES = {
    "digest": Home(
        "ledger_retry",
        "digest_command",
        "Print what the optimizer would read of the ledger in the next round of `tune`.",
    ),
    "retry": Home(
        "ledger_retry",
        "retry_command",
        "Put a refused edit before today's gate, on the skill as it is now.",
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
