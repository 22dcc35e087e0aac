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
    "tune-all": Home("tune_all", "command", "Tune every skill in some folders with one budget."),
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
    "approvals": Home("approvals", "app", "List and show the proposals that wait for approval."),
    "approve": Home(
        "approvals",
        "approve_command",
        "Approve a proposal that the gate has accepted, or your own version of it.",
    ),
    "refuse": Home("approvals", "refuse_command", "Refuse a proposal that the gate has accepted."),
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
    "list": Home("ledger", "list_command", "List proposals, newest first."),
    "show": Home(
        "ledger",
        "show_command",
        "Show a proposal: diff, critiques, verdict, spend, and similar proposals.",
    ),
    "search": Home(
        "audit", "search_command", "Search ideas, edits and critiques; best match first."
    ),
    "why": Home(
        "audit",
        "why_command",
        "Show which accepted proposal wrote each line; for one line, also the evidence.",
    ),
    "stats": Home(
        "audit", "stats_command", "Count runs, proposals, refusals by rule, rollouts and spend."
    ),
    "export": Home(
        "audit",
        "export_command",
        "Export the ledger: JSONL with every row, or CSV with one line per proposal.",
    ),
    "import": Home(
        "audit",
        "import_command",
        "Import another ledger; duplicates are skipped and each row keeps its origin.",
    ),
    "verify": Home(
        "ledger_verify",
        "verify_command",
        "Recompute every hash and replay every accepted edit; report the first bad row.",
    ),
    "head": Home(
        "ledger_verify",
        "head_command",
        "Print the hash that covers everything in the ledger, to pin in version control.",
    ),
    "prune": Home(
        "audit", "prune_command", "Delete stored answers, prompts and replies older than AGE."
    ),
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
    """The commands of `skillopt ledger`, of :data:`LEDGER_HOMES`."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.commands = _commands(LEDGER_HOMES)


def _commands(homes: dict[str, Home]) -> dict[str, Any]:
    return {name: LazyCommand(name, home) for name, home in homes.items()}
