"""`skillopt runs`."""

from __future__ import annotations

import os
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Annotated

import typer

from skillopt.cli.arguments import AsJson
from skillopt.cli.output import (
    count,
    local_minute,
    local_time,
    money,
    one_line,
    percent,
    print_json,
    say,
    say_folded,
    say_wrapped,
    shown_idea,
    tell_rest,
)
from skillopt.cli.store import LEDGER_VARIABLE, LedgerOption, asked_for, read
from skillopt.cli.tables import Column, say_table
from skillopt.core.figures import points
from skillopt.errors import InputError

if TYPE_CHECKING:
    from skillopt.adapters.ledger import SqlLedger
    from skillopt.core.history.run import RunRecord
    from skillopt.core.history.tree import TreeVersion
    from skillopt.core.history.views import RunEntry, RunSummary

app = typer.Typer(help="List and show the runs in the ledger.", add_completion=False)


@app.callback(invoke_without_command=True)
def root(context: typer.Context) -> None:
    """List and show the runs in the ledger; without a command it lists them."""
    if context.invoked_subcommand is None:
        list_command(ledger=os.environ.get(LEDGER_VARIABLE))  # typer reads it for no other call


@app.command("list")
def list_command(
    *,
    skill: Annotated[
        str | None, typer.Option(help="Only runs of this skill, by name or file.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Maximum number of results.")] = 20,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """List runs, newest first.

    Example: skillopt runs list --skill triage-support-tickets
    """
    asked = asked_for(skill)
    found, total = read(ledger, lambda opened: _listed(opened, asked, limit))
    if as_json:
        print_json({"runs": [run.model_dump(mode="json") for run in found], "total": total})
        return
    say_table(COLUMNS, map(_row, found))
    if not found:
        say("no runs")
    tell_rest(len(found), total)


RunArgument = Annotated[
    str | None,
    typer.Argument(help="A run's id, or its first characters; by default the newest run."),
]


@app.command("show")
def show_command(
    run: RunArgument = None,
    *,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Show a run: settings, rounds, sealed test, spend.

    Example: skillopt runs show 20260102
    """
    found, waits = read(ledger, lambda opened: _with_waiting(opened, run))
    if as_json:
        print_json({**found.model_dump(mode="json"), "waits": waits})
        return
    say_wrapped(_told(found, waits))


@app.command("tree")
def tree_command(
    run: RunArgument = None,
    *,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Show a run's search as a tree: versions, refused proposals, dead branches, ways back.

    Example: skillopt runs tree 20260102
    """
    found, tree = read(ledger, lambda opened: _grown(opened, run))
    if as_json:
        print_json({"run": found.record.id, "tree": tree.model_dump(mode="json")})
        return
    from skillopt.cli.trees import told_tree

    kind = f"edits of {one_line(found.kept_by)}:" if found.kept_by else found.record.kind
    say(f"{kind} {found.record.id} of {found.record.skill_name}")
    for line in told_tree(tree, kept_by=found.kept_by):
        say_folded(line)


async def _grown(ledger: SqlLedger, run: str | None) -> tuple[RunEntry, TreeVersion]:
    from skillopt.app.browse.growth import grown

    found = await _found(ledger, run)
    return found, await grown(ledger, found.record)


async def _with_waiting(ledger: SqlLedger, run: str | None) -> tuple[RunEntry, str | None]:
    """A run, and the id of the proposal that waits in it for a person."""
    found = await _found(ledger, run)
    return found, await ledger.waiting_id(found.record.id)


async def _found(ledger: SqlLedger, run: str | None) -> RunEntry:
    if run is not None:
        return await ledger.show_run(run)
    newest = await ledger.list_runs(limit=1)
    if not newest:
        raise InputError("the ledger has no runs; start one with `skillopt tune SKILL.md`")
    return await ledger.show_run(newest[0].record.id)


async def _listed(
    ledger: SqlLedger, skill: str | None, limit: int
) -> tuple[tuple[RunSummary, ...], int]:
    """The runs to show, and how many there are."""
    found = await ledger.list_runs(skill=skill, limit=limit)
    total = len(found) if len(found) < limit else await ledger.count_runs(skill=skill)
    return found, total


COLUMNS = (
    Column("run"),
    Column("started"),
    Column("kind"),
    Column("skill"),
    Column("proposals"),
    Column("sealed test"),
    Column("stopped by"),
)


def _row(run: RunSummary) -> tuple[str, ...]:
    record = run.record
    return (
        record.id,
        local_minute(_moment(record.started)),
        _kind(run),
        record.skill_name,
        f"{run.accepted} of {run.rounds} accepted" if run.rounds else "",
        f"{points(record.sealed.difference)} points" if record.sealed else "",
        _state(record),
    )


def _kind(run: RunSummary) -> str:
    """What ran, and for whom."""
    if run.kept_by:
        return f"edits of {one_line(run.kept_by)}"
    kind = run.record.kind
    return f"{kind}, target {run.target}" if run.identity_unknown else kind


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, tz=timezone.utc)  # noqa: UP017 - 3.11 has both


def _state(record: RunRecord) -> str:
    return record.stopped_by or "not finished"


def _told(found: RunEntry, waits: str | None) -> list[str]:
    from skillopt.cli.narrate import told_sealed
    from skillopt.cli.output import shown_usage
    from skillopt.cli.probe_report import told_corrections
    from skillopt.cli.run_settings import told_settings
    from skillopt.core.history.endings import STOPPED

    record = found.record
    if found.kept_by:
        return _told_kept(found)
    when = local_time(_moment(record.started))
    by = f", by {one_line(record.user)}" if record.user else ""
    lines = [
        f"{record.kind} {record.id} of {record.skill_name}, started {when}{by}",
        record.shown_models,
        f"from {record.first[:12]} to {(record.last or record.first)[:12]}",
        f"stopped: {STOPPED.get(why, why)}" if (why := record.stopped_by) else "not finished",
        *_waiting(waits),
        *([told_settings(record.settings)] if record.kind == "tune" else []),
        f"baseline {percent(record.baseline)} on validation tasks",
        *(["the target judged itself"] if record.self_judged else []),
    ]
    for round_ in found.rounds:
        head = f"  {round_.number:>3}  {round_.id}  {round_.outcome} ({round_.stage.value})"
        lines.append(f"{head}  {one_line(round_.idea)}")
    lines += _front(found)
    lines += told_sealed(record.sealed) if record.sealed else ["sealed test: not run"]
    lines += told_corrections(record.second_attempts)
    return [*lines, f"spent {shown_usage(found.usage)}"]


def _waiting(waits: str | None) -> list[str]:
    return [f"proposal {waits} waits for approval: skillopt approvals show {waits}"] * bool(waits)


def _told_kept(found: RunEntry) -> list[str]:
    """The edits that another loop has tried: the gate has tested none of them."""
    source = one_line(found.kept_by or "")
    return [
        f"{found.record.id}: edits of {found.record.skill_name}, tried by {source}, another loop",
        "the verdicts are that loop's: the gate has tested none of them",
        *(f"  {one.number:>3}  {one.id}  {one.outcome}  {shown_idea(one)}" for one in found.rounds),
    ]


def _front(found: RunEntry) -> list[str]:
    """Its versions by score, cost and length; nothing where there is only one."""
    if len(found.front) < 2:  # noqa: PLR2004 - one version has nothing to be compared with
        return []
    last = found.record.last
    lines = [
        "versions by score, cost a task and length (* no other is better by all it is known by)"
    ]
    for point in found.front:
        made = "first" if point.round is None else f"round {point.round}"
        size = "n/a" if point.chars is None else f"{point.chars:,} characters"
        ended = ", the last version" if point.version == last else ""
        mark = "*" if point.on_front else " "
        lines.append(
            f"  {mark} {point.version[:12]}  {made}: {percent(point.score)} on "
            f"{count(point.tasks, 'task')}, {money(point.cost)}, {size}{ended}"
        )
    if found.record.preferred:
        lines.append(found.record.preferred.told())
    return lines
