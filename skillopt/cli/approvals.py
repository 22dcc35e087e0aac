"""`skillopt approvals`, `skillopt approve` and `skillopt refuse`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from skillopt.app.sync import run_to_end
from skillopt.cli.arguments import AsJson
from skillopt.cli.output import (
    local_minute,
    local_time,
    one_line,
    print_json,
    say,
    say_folded,
    say_next,
    say_report,
    tell_rest,
)
from skillopt.cli.store import LedgerOption, asked_for, named
from skillopt.cli.tables import Column, say_table
from skillopt.cli.verdicts import told_content, told_table
from skillopt.core.figures import points
from skillopt.errors import InputError

if TYPE_CHECKING:
    from skillopt.app.approvals import Decided, Shown
    from skillopt.core.history.waiting import Waiting

STDIN = Path("-")
RESUME = "the run goes on when the same `skillopt tune` command is run again"

app = typer.Typer(help="List and show the proposals that wait for approval.", add_completion=False)

EntryArgument = Annotated[
    str, typer.Argument(help="A proposal's id, or its first characters.", metavar="ENTRY")
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, in one line.")]
ByOption = Annotated[
    str | None,
    typer.Option(
        "--as", help="Who decides; by default git's user.name, else the login name.", metavar="NAME"
    ),
]
COLUMNS = (
    Column("id"),
    Column("since"),
    Column("skill"),
    Column("points", right=True),
    Column("state"),
    Column("idea"),
)


@app.callback(invoke_without_command=True)
def root(context: typer.Context) -> None:
    """List and show the proposals that wait for approval; without a command it lists them."""
    if context.invoked_subcommand is None:
        list_command()


@app.command("list")
def list_command(
    *,
    skill: Annotated[
        str | None, typer.Option(help="Only proposals for this skill, by name or file.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Also those that were decided on.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="Maximum number of results.")] = 20,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """List the proposals that wait for approval, newest first.

    Example: skillopt approvals list --all
    """
    from skillopt.app.approvals import dated_approvals

    asked = asked_for(skill)
    more = run_to_end(dated_approvals(skill=asked, decided=every, limit=limit + 1, ledger=ledger))
    found = more[:limit]
    if as_json:
        print_json({"approvals": [_as_json(*one) for one in found]})
        return
    say_table(COLUMNS, (_row(*one) for one in found))
    if not found:
        say("nothing waits for approval")
    tell_rest(len(found), len(more))


@app.command("show")
def show_command(
    entry: EntryArgument,
    *,
    tasks: Annotated[
        bool, typer.Option("--tasks", help="Also the results of every validation task.")
    ] = False,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Show what waits: the diff, what it answers, the gate's verdict.

    Example: skillopt approvals show 3f9a
    """
    from skillopt.app.approvals import show_approval

    found = run_to_end(show_approval(entry, ledger=ledger))
    if as_json:
        print_json({**_as_json(found.waiting, found.outdated), "diff": found.diff})
        return
    for line in told_waiting(found, tasks=tasks):
        say_report(line)
    if found.waiting.decision is None:
        say_next(*next_steps(found.waiting, ledger))


def approve_command(
    entry: EntryArgument,
    *,
    edit: Annotated[
        Path | None,
        typer.Option(
            help="The SKILL.md as it should be instead; `-` reads standard input.", metavar="FILE"
        ),
    ] = None,
    reason: ReasonOption = "",
    by: ByOption = None,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Approve a proposal that the gate has accepted, or your own version of it.

    With --edit the text is screened and tested in full before it is accepted; only the body may
    differ. The run continues when the same `tune` command is run again.

    Example: skillopt approve 3f9a --reason "matches the handbook"
    """
    from skillopt.app.approvals import approve, read_edit

    text = _typed() if edit == STDIN else read_edit(edit) if edit else None
    done = approve(entry, edit=text, reason=reason, by=by, ledger=ledger)
    _say_decided(done, as_json=as_json)


def _typed() -> str:
    """What comes in on standard input.

    Raises:
        InputError: it is no text.
    """
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        raise InputError(
            f"--edit -: byte {error.start} of standard input is not UTF-8; a skill is a UTF-8 text"
        ) from None


def refuse_command(
    entry: EntryArgument,
    *,
    reason: Annotated[
        str, typer.Option("--reason", help="Why, in one line; later proposals are shown it.")
    ],
    by: ByOption = None,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Refuse a proposal that the gate has accepted.

    The ledger keeps the reason. The optimizer reads it, and the same idea is not tested again.

    Example: skillopt refuse 3f9a --reason "we never promise a date"
    """
    from skillopt.app.approvals import refuse

    _say_decided(refuse(entry, reason, by=by, ledger=ledger), as_json=as_json)


def told_waiting(found: Shown, *, tasks: bool = False) -> Iterator[str]:
    """All that a person needs to decide, line by line.

    Args:
        found: what waits.
        tasks: also the results of every validation task.
    """
    from skillopt.app.outdated import CLOSE

    waiting, run = found.waiting, found.run
    round_, verdict = waiting.round, waiting.verdict
    yield f"proposal {waiting.id}: round {round_.number} of run {run.id}, {waiting.skill}"
    yield f"{_state(waiting)}, since {local_time(waiting.since)}"
    if found.outdated:
        yield f"out of date: {found.outdated}; {CLOSE}"
    judged = " (judged by the target itself)" if run.self_judged else ""
    yield f"accepted by the gate: {one_line(verdict.reason)}{judged}"
    yield f"idea: {one_line(waiting.idea)}"
    yield from told_change(found)
    if tasks:
        yield from told_table(verdict)


def told_change(found: Shown) -> Iterator[str]:
    """What the content policy has found, what the change answers, and its diff."""
    yield from (f"content: {line}" for line in told_content(found.content))
    for critique in found.waiting.round.critiques:
        yield f"critique ({one_line(critique.criterion)}): {one_line(critique.cause)}"
        yield f"  “{one_line(critique.quote)}”"
    yield from ("", *found.diff.split("\n"), "")


def next_steps(waiting: Waiting, ledger: str | None) -> tuple[str, ...]:
    """How to decide."""
    entry, flag = waiting.id, named(ledger)
    edit = () if waiting.fixed else (f"skillopt approve {entry} --edit FILE{flag}",)
    return (
        f"skillopt approve {entry}{flag}",
        *edit,
        f'skillopt refuse {entry} --reason "..."{flag}',
    )


def _as_json(waiting: Waiting, outdated: str) -> dict[str, Any]:
    return {"id": waiting.id, **waiting.model_dump(mode="json"), "outdated": outdated}


def _row(waiting: Waiting, outdated: str) -> tuple[str, ...]:
    gain = waiting.verdict.gain
    return (
        waiting.id,
        local_minute(waiting.since),
        waiting.skill,
        "" if gain is None else points(gain),
        "out of date" if outdated else _state(waiting),
        one_line(waiting.idea),
    )


def _state(waiting: Waiting) -> str:
    decision = waiting.decision
    if decision is None:
        return "waits for approval"
    why = f": {one_line(decision.reason)}" if decision.reason else ""
    return f"{decision.kind} by {one_line(decision.person)}{why}"


def _say_decided(done: Decided, *, as_json: bool) -> None:
    if as_json:
        print_json(done)
        return
    say(f"{done.kind} proposal {done.entry} as {one_line(done.person)}")
    if done.outdated:
        back = "" if done.kind == "refused" else "; it is carried out once the earlier text is back"
        say_folded(f"the run does not go on: {done.outdated}{back}", indent="  ")
    else:
        say(f"  {RESUME}" + (", and tests your version" if done.kind == "edited" else ""))
