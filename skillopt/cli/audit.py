"""The commands of `skillopt ledger` that audit the record, count it and take it elsewhere."""

from __future__ import annotations

import re
import sys
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from skillopt.cli.arguments import AsJson
from skillopt.cli.output import one_line, print_json, printable, say, shown_decision, tell
from skillopt.cli.store import LedgerOption, read
from skillopt.errors import InputError

if TYPE_CHECKING:
    from skillopt.adapters.ledger import RoundSummary, Tracing

UNSOUND = 1
"""Exit code of `verify` where a row disagrees."""

_AGE = re.compile(r"(\d+)([dhw])")
_SECONDS = {"h": 3600, "d": 86_400, "w": 604_800}


def verify_command(
    *,
    pin: Annotated[
        str | None, typer.Option(help="A head from earlier; it must still be in the chain.")
    ] = None,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Recompute every digest, replay every accepted edit, and name the first row that disagrees.

    Exit code 0 where nothing disagrees, 1 where something does.

    Example: skillopt ledger verify --pin "$(cat ledger.head)"
    """
    found = read(ledger, lambda opened: opened.verify(pinned=pin))
    if as_json:
        print_json({"sound": found.sound, **found.model_dump(mode="json")})
    elif found.bad is None:
        pruned = f", {found.pruned} payloads pruned" if found.pruned else ""
        say(f"sound: {found.rows} rows, {found.replayed} accepted edits replayed{pruned}")
        say(f"head {found.head.link}")
    else:
        bad = found.bad
        say(f"not sound: row {bad.seq} ({bad.table} {bad.row}): {bad.problem}")
        say(f"the {found.rows} rows before it agree")
    if not found.sound:
        raise typer.Exit(UNSOUND)


def head_command(*, ledger: LedgerOption = None, as_json: AsJson = False) -> None:
    """Print the digest that seals everything in the ledger, to pin in version control.

    Example: skillopt ledger head > ledger.head
    """
    head = read(ledger, lambda opened: opened.chain_head())
    if as_json:
        print_json(head)
        return
    say(head.link)


def search_command(
    words: Annotated[list[str], typer.Argument(help='Words, "a phrase"; -word must not occur.')],
    *,
    skill: Annotated[str | None, typer.Option(help="Only this skill, by name.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 20,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Search ideas, reasons, edits and critiques; the best match comes first.

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
        say("nothing found")


def why_command(
    skill: Annotated[str, typer.Argument(help="A skill's file, or its name.", metavar="SKILL")],
    line: Annotated[int | None, typer.Argument(help="Only this line, from 1.", min=1)] = None,
    *,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Say which accepted proposal put each line here; for one line, on what evidence.

    With a line it also lists what else was refused in that section.

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
    """Count runs, proposals, refusals by rule, rollouts and what all of it cost.

    Example: skillopt ledger stats
    """
    from skillopt.cli.output import shown_usage

    found = read(ledger, lambda opened: opened.stats(skill=skill))
    if as_json:
        print_json(found)
        return
    for one in found.skills:
        say(
            f"{one.skill}: {one.runs} runs, {one.rounds} proposals: {one.accepted} accepted, "
            f"{one.rejected} rejected, {one.inconclusive} inconclusive"
        )
        for rule in one.refused:
            say(f"    {rule.rounds:6}  {rule.outcome} at stage {rule.stage} ({rule.code})")
    say(
        f"{found.versions} versions, {found.rollouts} rollouts ({found.missing} missing), "
        f"{found.exchanges} replies of the optimizer; {shown_usage(found.usage)}"
    )


def export_command(
    *,
    form: Annotated[
        Literal["jsonl", "csv"], typer.Option(help="Every row, or one line per proposal.")
    ] = "jsonl",
    out: Annotated[Path | None, typer.Option(help="A file; by default stdout.")] = None,
    ledger: LedgerOption = None,
) -> None:
    """Write the ledger as text: JSONL with every row, or CSV with one line per proposal.

    Example: skillopt ledger export --form csv --out proposals.csv
    """
    if out is None:
        written = read(ledger, lambda opened: opened.export(sys.stdout, form=form))
    else:
        with out.open("w", encoding="utf-8", newline="") as stream:
            written = read(ledger, lambda opened: opened.export(stream, form=form))
    tell(f"{written} {'rows' if form == 'jsonl' else 'proposals'} written")


def import_command(
    source: Annotated[str, typer.Argument(help="Another ledger, or a JSONL export of one.")],
    *,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Take in another ledger's entries: each keeps its origin, and nothing is entered twice.

    The other ledger is verified first. Its entries inform later proposals like one's own.

    Example: skillopt ledger import ../other-project/.skillopt/ledger.db
    """
    found = read(ledger, lambda opened: opened.take_in(source), create=True)
    if as_json:
        print_json(found)
        return
    say(f"{found.new} of {found.rows} rows of ledger {found.ledger} were new")


def prune_command(
    *,
    older_than: Annotated[str, typer.Option(help="An age: 90d, 12w, 36h.", metavar="AGE")],
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Take away answers, prompts and replies that are older than an age; the record stays.

    Verdicts, critiques, proposals and versions stay whole, and the ledger still verifies. A rollout
    without its answer is paid again where it is needed again.

    Example: skillopt ledger prune --older-than 90d
    """
    match = _AGE.fullmatch(older_than.strip())
    if match is None:
        raise InputError(f"--older-than {older_than!r}: write a number and d, w or h, such as 90d")
    before = time.time() - int(match[1]) * _SECONDS[match[2]]
    taken = read(ledger, lambda opened: opened.prune(before=before))
    moment = datetime.fromtimestamp(before, timezone.utc)  # noqa: UP017
    if as_json:
        print_json({"before": moment.isoformat(), "payloads": taken})
        return
    say(f"{taken} texts entered before {moment:%Y-%m-%d %H:%M} UTC were taken away")


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
    lines += [f"put there by {_line(line.round)}"] if line.round else [line.note]
    for critique in found.critiques:
        lines.append(f"critique of {one_line(critique.criterion)}: {one_line(critique.cause)}")
        lines.append(f'  "{one_line(critique.quote)}"')
    if found.refused_here:
        lines.append("refused in this section:")
        lines += [f"  {_line(round_)}" for round_ in found.refused_here]
    return lines
