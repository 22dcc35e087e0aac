"""`skillopt ledger attach`: a skill's file was moved."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skillopt.cli.arguments import AsJson
from skillopt.cli.output import count, print_json, say, say_next
from skillopt.cli.store import LedgerOption, named, quoted, read


def attach_command(
    old: Annotated[
        str,
        typer.Argument(
            help="The skill's path before it was moved, or the name of one given as a value.",
            metavar="OLD",
        ),
    ],
    new: Annotated[Path, typer.Argument(help="The skill's file or folder now.", metavar="NEW")],
    *,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Attach the record of a skill that was moved to its new path.

    The ledger keeps a skill's record by its path in the project. The move is entered in the ledger;
    what is entered later for the old path is another skill's.

    Example: skillopt ledger attach skills/old-name skills/triage-support-tickets
    """
    from skillopt.app.skill_ids import attach

    found = read(ledger, lambda opened: attach(opened, old, new), of=new)
    if as_json:
        print_json(found)
        return
    say(f"attached {count(found.runs, 'run')} of {found.old} to {found.new}")
    say_next(f"skillopt revert {quoted(new)}{named(ledger, of=new)}")
