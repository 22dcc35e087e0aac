"""`skillopt ledger`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import typer

from skillopt.cli.arguments import AsJson
from skillopt.cli.lazy import LedgerGroup
from skillopt.cli.output import count, print_json, say, say_report, tell_rest
from skillopt.cli.proposals import say_proposals
from skillopt.cli.store import LedgerOption, asked_for, read
from skillopt.errors import InputError

app = typer.Typer(
    cls=LedgerGroup,
    no_args_is_help=True,
    add_completion=False,
)

Stage = Literal["reply", "fit", "screen", "gate", "approval"]
MOST = 100_000
"""The largest value of `--limit`."""


@app.callback()
def root() -> None:
    """Browse and audit every proposed edit and its verdict."""


def list_command(  # noqa: PLR0913 - each is a filter of its own
    *,
    skill: Annotated[str | None, typer.Option(help="Only this skill, by name or file.")] = None,
    run: Annotated[
        str | None, typer.Option(help="Only this run, by its id or the first characters of it.")
    ] = None,
    verdict: Annotated[
        Literal["accepted", "rejected", "inconclusive"] | None,
        typer.Option(help="Only proposals with this verdict."),
    ] = None,
    refused: Annotated[
        bool, typer.Option("--refused", help="Only proposals that were not accepted.")
    ] = False,
    stage: Annotated[
        Stage | None, typer.Option(help="Only proposals decided at this stage.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Only proposals decided by this rule.")] = None,
    criterion: Annotated[
        str | None, typer.Option(help="Only proposals targeting this criterion.")
    ] = None,
    since: Annotated[datetime | None, typer.Option(help="Not before this time (local).")] = None,
    until: Annotated[datetime | None, typer.Option(help="Not after this time (local).")] = None,
    text: Annotated[
        str | None, typer.Option(help="Only proposals with these words, as in `search`.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="Maximum number of results.")] = 20,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """List proposals, newest first.

    Example: skillopt ledger list --refused --stage gate --skill triage-support-tickets
    """
    from skillopt.app.list_proposals import list_proposals
    from skillopt.core.history.listed_round import WantedRounds
    from skillopt.core.proposals.stage import Stage as CoreStage

    wanted = WantedRounds(
        skill=asked_for(skill),
        run=run,
        outcome=verdict,
        refused=refused,
        stage=CoreStage(stage) if stage else None,
        code=reason,
        criterion=criterion,
        since=since.astimezone() if since else None,
        until=until.astimezone() if until else None,
        text=text,
        limit=limit,
    )
    found, total, waiting = list_proposals(ledger, wanted)
    if as_json:
        rounds = [round_.as_json() for round_ in found]
        print_json({"rounds": rounds, "total": total, "waiting": waiting})
        return
    say_proposals(found)
    if not found:
        say("no proposals")
    tell_rest(len(found), total, most=MOST)
    _say_waiting(waiting)


def _say_waiting(proposals: int) -> None:
    if proposals:
        waits = "waits" if proposals == 1 else "wait"
        say(f"{count(proposals, 'proposal')} {waits} for approval: skillopt approvals")


def show_command(
    entry: Annotated[str, typer.Argument(help="A proposal's id, or its first characters.")],
    *,
    tasks: Annotated[
        bool,
        typer.Option("--tasks", help="Also print the paired results of every validation task."),
    ] = False,
    traces: Annotated[
        bool,
        typer.Option(
            "--traces",
            help="Also print what the target did in the rollouts the optimizer was shown.",
        ),
    ] = False,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Show a proposal: diff, critiques, verdict, spend, and similar proposals.

    Example: skillopt ledger show 3f9a --tasks
    """
    try:
        found = read(ledger, lambda opened: opened.show_round(entry))
    except InputError:
        if not _shown_waiting(entry, ledger, tasks=tasks, as_json=as_json):
            raise
        return
    if as_json:
        print_json(found)
        return
    from skillopt.cli.entry import told_entry

    for line in told_entry(found, tasks=tasks, traces=traces):
        say_report(line)


def _shown_waiting(entry: str, ledger: str | None, *, tasks: bool, as_json: bool) -> bool:
    """Show a proposal that is no entry yet, since it waits for a person; whether there is one."""
    from skillopt.cli.approvals import show_command as show_waiting

    try:
        show_waiting(entry, tasks=tasks, ledger=ledger, as_json=as_json)
    except InputError:
        return False
    return True
