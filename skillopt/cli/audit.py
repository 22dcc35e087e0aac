"""The commands of `skillopt ledger` that audit, count, export, import and prune."""

from __future__ import annotations

import re
import sys
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from skillopt.cli.arguments import AsJson
from skillopt.cli.output import (
    count,
    one_line,
    outcome_at,
    print_json,
    printable,
    say,
    shown_decision,
    tell,
)
from skillopt.cli.store import LedgerOption, read
from skillopt.errors import InputError

if TYPE_CHECKING:
    from skillopt.adapters.ledger import RoundSummary, Tracing

UNSOUND = 1
"""Exit code of `verify` if a row is bad."""

_AGE = re.compile(r"(\d+)([dhw])")
_SECONDS = {"h": 3600, "d": 86_400, "w": 604_800}


def verify_command(
    *,
    pin: Annotated[
        str | None, typer.Option(help="An earlier head; it must still be in the chain.")
    ] = None,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Recompute every hash and replay every accepted edit; report the first bad row.

    Exit code 0 if the ledger verifies, 1 if not.

    Example: skillopt ledger verify --pin "$(cat ledger.head)"
    """
    found = read(ledger, lambda opened: opened.verify(pinned=pin))
    if as_json:
        print_json({"sound": found.sound, **found.model_dump(mode="json")})
    elif found.bad is None:
        pruned = f", {found.pruned} payloads pruned" if found.pruned else ""
        replayed = f"{count(found.replayed, 'accepted edit')} replayed"
        say(f"verified: {count(found.rows, 'row')}, {replayed}{pruned}")
        say(f"head {found.head.link}")
    else:
        bad = found.bad
        say(f"verification FAILED at row {bad.seq} ({bad.table} {bad.row}): {bad.problem}")
        say(f"{count(found.rows, 'row')} before it verified")
    if not found.sound:
        raise typer.Exit(UNSOUND)


def head_command(*, ledger: LedgerOption = None, as_json: AsJson = False) -> None:
    """Print the hash that covers everything in the ledger, to pin in version control.

    Example: skillopt ledger head > ledger.head
    """
    head = read(ledger, lambda opened: opened.chain_head())
    if as_json:
        print_json(head)
        return
    say(head.link)


def search_command(
    words: Annotated[list[str], typer.Argument(help='Words or a "phrase"; -word excludes a word.')],
    *,
    skill: Annotated[str | None, typer.Option(help="Only this skill, by name.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Maximum number of results.")] = 20,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Search ideas, edits and critiques; best match first.

    Example: skillopt ledger search refund "order number"
    """
    wanted = " ".join(f'"{word}"' if " " in word.strip() else word for word in words)
    found = read(ledger, lambda opened: opened.search(wanted, skill=skill, limit=limit))
    if as_json:
        print_json({"hits": [hit.model_dump(mode="json") for hit in found]})
        return
    for hit in found:
        say(_line(hit.round))
        say(f"    {one_line(hit.excerpt)}")
    if not found:
        say("no match")


def why_command(
    skill: Annotated[str, typer.Argument(help="A skill's file or name.", metavar="SKILL")],
    line: Annotated[int | None, typer.Argument(help="Only this line, from 1.", min=1)] = None,
    *,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Show which accepted proposal wrote each line; for one line, also the evidence.

    With a line it also lists the refused proposals for that section.

    Example: skillopt ledger why skills/triage-support-tickets/SKILL.md 12
    """
    from skillopt.adapters.files.skill_file import located_skill, read_skill, skill_name

    path = located_skill(Path(skill)) if Path(skill).exists() else None
    current = read_skill(path) if path else None
    name = skill_name(path, current) if path and current else skill
    found = read(ledger, lambda opened: opened.why(name, current=current, line=line), of=path)
    if as_json:
        print_json(found)
        return
    for told in _traced(found) if line is None else _evidence(found):
        say(told)


def stats_command(
    *,
    skill: Annotated[str | None, typer.Option(help="Only this skill, by name.")] = None,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Count runs, proposals, refusals by rule, rollouts and spend.

    Example: skillopt ledger stats
    """
    from skillopt.cli.output import shown_usage

    found = read(ledger, lambda opened: opened.stats(skill=skill))
    if as_json:
        print_json(found)
        return
    for one in found.skills:
        say(
            f"{one.skill}: {count(one.runs, 'run')}, {count(one.rounds, 'proposal')}: "
            f"{one.accepted} accepted, "
            f"{one.rejected} rejected, {one.inconclusive} inconclusive"
        )
        for rule in one.refused:
            say(f"    {rule.rounds:6}  {outcome_at(rule.outcome, rule.stage)} ({rule.code})")
    say(
        f"{count(found.versions, 'version')}, {count(found.rollouts, 'rollout')} "
        f"({found.missing} missing), {found.exchanges} optimizer replies; "
        f"{shown_usage(found.usage)}"
    )


def export_command(
    *,
    form: Annotated[
        Literal["jsonl", "csv"], typer.Option(help="jsonl: every row; csv: one line per proposal.")
    ] = "jsonl",
    out: Annotated[Path | None, typer.Option(help="Output file; by default stdout.")] = None,
    ledger: LedgerOption = None,
) -> None:
    """Export the ledger: JSONL with every row, or CSV with one line per proposal.

    Example: skillopt ledger export --form csv --out proposals.csv
    """
    if out is None:
        written = read(ledger, lambda opened: opened.export(sys.stdout, form=form))
    else:
        with out.open("w", encoding="utf-8", newline="") as stream:
            written = read(ledger, lambda opened: opened.export(stream, form=form))
    tell(f"{count(written, 'row' if form == 'jsonl' else 'proposal')} written")


def import_command(
    source: Annotated[str, typer.Argument(help="Another ledger, or a JSONL export.")],
    *,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Import another ledger; duplicates are skipped and each row keeps its origin.

    The other ledger is verified first. Its proposals shape later ones like your own.

    Example: skillopt ledger import ../other-project/.skillopt/ledger.db
    """
    found = read(ledger, lambda opened: opened.take_in(source), create=True)
    if as_json:
        print_json(found)
        return
    say(f"imported {found.new} of {count(found.rows, 'row')} from ledger {found.ledger}")


def prune_command(
    *,
    older_than: Annotated[str, typer.Option(help="Age, such as 90d, 12w or 36h.", metavar="AGE")],
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Delete stored answers, prompts and replies older than AGE.

    Verdicts, critiques, edits and versions are kept, and the ledger still verifies. A rollout whose
    answer is deleted is paid again if it is needed again.

    Example: skillopt ledger prune --older-than 90d
    """
    match = _AGE.fullmatch(older_than.strip())
    if match is None:
        raise InputError(
            f"--older-than {older_than!r}: expected a number and d, w or h, such as 90d"
        )
    before = time.time() - int(match[1]) * _SECONDS[match[2]]
    taken = read(ledger, lambda opened: opened.prune(before=before))
    moment = datetime.fromtimestamp(before, timezone.utc)  # noqa: UP017
    if as_json:
        print_json({"before": moment.isoformat(), "payloads": taken})
        return
    say(f"deleted {count(taken, 'text')} stored before {moment:%Y-%m-%d %H:%M} UTC")


def _line(round_: RoundSummary) -> str:
    when = f"{round_.created:%Y-%m-%d}"
    return f"{round_.id}  {when}  {round_.skill}  {shown_decision(round_)}"


def _traced(found: Tracing) -> list[str]:
    width = len(str(len(found.lines)))
    lines: list[str] = []
    for line in found.lines:
        origin = line.round.id if line.round else "·" * 12
        lines.append(f"{origin}  {line.number:{width}}  {printable(line.text)}")
    made = {line.round.id: line.round for line in found.lines if line.round}
    rest = sorted({line.note for line in found.lines if line.note})
    return [*lines, "", *map(_line, made.values()), *(f"{'·' * 12}  {note}" for note in rest)]


def _evidence(found: Tracing) -> list[str]:
    (line,) = found.lines
    lines = [f"{line.number}  {printable(line.text)}"]
    lines += [f"written by {_line(line.round)}"] if line.round else [line.note]
    for critique in found.critiques:
        lines.append(f"critique of {one_line(critique.criterion)}: {one_line(critique.cause)}")
        lines.append(f'  "{one_line(critique.quote)}"')
    if found.refused_here:
        lines.append("refused proposals for this section:")
        lines += [f"  {_line(round_)}" for round_ in found.refused_here]
    return lines
