"""`skillopt gate`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, assert_never

import typer

from skillopt.cli.arguments import AsJson, Tasks
from skillopt.cli.options import GATE, ROLES_ONLY, with_settings
from skillopt.cli.output import print_json, say, tell
from skillopt.errors import SettingsError

if TYPE_CHECKING:
    from skillopt.gate_edit import GatedEdit

ACCEPTED, REJECTED, INCONCLUSIVE = 0, 1, 3
"""Exit codes."""


@with_settings([*ROLES_ONLY, *GATE])
def command(
    old: Annotated[Path, typer.Argument(help="The version in use.", metavar="OLD")],
    new: Annotated[Path, typer.Argument(help="The edited version.", metavar="NEW")],
    *,
    tasks: Tasks = None,
    table: Annotated[
        bool, typer.Option("--table", help="The paired results of every validation task, too.")
    ] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print a comment for a pull request.")
    ] = False,
    as_json: AsJson = False,
    given: dict[str, Any],
) -> None:
    """Put a person's edit through the same gate.

    Tasks, settings and ledger are those of OLD, unless they are named. Nothing is written to either
    file, and the edit budget does not bind a person. Exit code 0 accepted, 1 rejected,
    3 inconclusive; 2 for input errors.

    Example: skillopt gate old.md skills/triage/SKILL.md --tasks validation_sets/triage.yaml
    """
    from skillopt.cli.gate_comment import comment
    from skillopt.cli.output import told_usage
    from skillopt.cli.progress import Progress
    from skillopt.core.gate import Outcome
    from skillopt.gate_edit import agate

    if markdown and as_json:
        raise SettingsError("--json and --markdown are two forms of one answer; choose one")
    progress = Progress(report=tell)
    try:
        gated = asyncio.run(agate(old, new, validation_set=tasks, on_event=progress.see, **given))
    finally:
        progress.clear()
    if as_json:
        print_json({"outcome": gated.outcome.value, **gated.model_dump(mode="json")})
    elif markdown:
        say(comment(gated, spent=told_usage(gated.usage)).rstrip("\n"))
    else:
        for line in _told(gated, table=table):
            say(line)
    match gated.outcome:
        case Outcome.ACCEPTED:
            raise typer.Exit(ACCEPTED)
        case Outcome.REJECTED:
            raise typer.Exit(REJECTED)
        case Outcome.INCONCLUSIVE:
            raise typer.Exit(INCONCLUSIVE)
        case _:
            assert_never(gated.outcome)


def _told(gated: GatedEdit, *, table: bool) -> list[str]:
    from skillopt.cli.output import told_usage
    from skillopt.cli.verdicts import told_numbers, told_table

    judged = " (judged by the target itself)" if gated.self_judged else ""
    return [
        f"{gated.outcome.value}: {gated.verdict.reason}{judged}",
        *told_numbers(gated.verdict),
        *(told_table(gated.verdict) if table else ()),
        f"run {gated.run}, spent {told_usage(gated.usage)}",
    ]
