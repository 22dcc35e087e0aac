"""The commands of `skillopt ledger` that search, trace, count, export, import and prune."""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from skillopt.cli.arguments import AsJson
from skillopt.cli.output import (
    count,
    local_time,
    one_line,
    outcome_at,
    print_json,
    say,
    say_folded,
    say_next,
    tell,
    tell_rest,
)
from skillopt.cli.proposals import proposal_row, say_proposals
from skillopt.cli.store import LedgerOption, asked_for, named, read
from skillopt.cli.tables import Column, say_table
from skillopt.cli.terminal import printable
from skillopt.core.figures import points
from skillopt.errors import InputError

if TYPE_CHECKING:
    from skillopt.adapters.ledger import SqlLedger
    from skillopt.core.history.forecasts import Forecasts
    from skillopt.core.history.views import Hit, KeptStats, SkillStats, Tracing

MOST_HITS = 1000
"""The largest value of `search --limit`."""

_AGE = re.compile(r"(\d+)([dhw])")
_SECONDS = {"h": 3600, "d": 86_400, "w": 604_800}


def search_command(
    words: Annotated[list[str], typer.Argument(help='Words or a "phrase"; -word excludes a word.')],
    *,
    skill: Annotated[str | None, typer.Option(help="Only this skill, by name or file.")] = None,
    limit: Annotated[
        int, typer.Option(min=1, max=MOST_HITS, help="Maximum number of results.")
    ] = 20,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Search ideas, edits and critiques; best match first.

    It looks in what people and models wrote, not in verdicts and reasons, which are skillopt's own
    sentences; `ledger list` filters by those.

    Example: skillopt ledger search refund "order number"
    """
    wanted = " ".join(f'"{word}"' if " " in word.strip() else word for word in words)
    asked = asked_for(skill)
    found, total = read(ledger, lambda opened: _hits(opened, wanted, asked, limit))
    if as_json:
        print_json({"hits": [hit.model_dump(mode="json") for hit in found], "total": total})
        return
    for hit in found:
        say_folded("  ".join(filter(None, proposal_row(hit.round))))
        say_folded(one_line(hit.excerpt), indent="    ")
    if not found:
        say("no match")
    tell_rest(len(found), total, most=MOST_HITS)


def why_command(
    skill: Annotated[str, typer.Argument(help="A skill's file or name.", metavar="SKILL")],
    line: Annotated[int | None, typer.Argument(help="Only this line, from 1.", min=1)] = None,
    *,
    file: Annotated[
        str, typer.Option(help="The file of the skill's folder whose lines are wanted.")
    ] = "SKILL.md",
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Show which accepted proposal wrote each line; for one line, also the evidence.

    With a line it also lists the refused proposals for that section.

    Example: skillopt ledger why skills/triage-support-tickets/SKILL.md 12
    """
    from skillopt.app.versions import read_current

    now = read_current(Path(skill)) if Path(skill).exists() else None
    name, current, path = (now.skill_id, now.skill, now.path) if now else (skill, None, None)
    found = read(
        ledger, lambda opened: opened.why(name, current=current, line=line, file=file), of=path
    )
    if as_json:
        print_json(found)
        return
    if line is None:
        _say_traced(found)
    else:
        _say_evidence(found)


def stats_command(
    *,
    skill: Annotated[str | None, typer.Option(help="Only this skill, by name or file.")] = None,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Count runs, proposals, refusals by rule, rollouts and spend.

    Example: skillopt ledger stats
    """
    from skillopt.cli.output import shown_usage

    asked = asked_for(skill)
    found = read(ledger, lambda opened: opened.stats(skill=asked))
    if as_json:
        print_json(found)
        return
    names = Counter(one.skill for one in found.skills)
    say_table(SKILL_COLUMNS, [_skill_row(one, names) for one in found.skills], report=True)
    refused = [
        (f"{rule.rounds:,}", outcome_at(rule.outcome, rule.stage), _called(one, names), rule.code)
        for one in found.skills
        for rule in one.refused
    ]
    if refused:
        say()
        say_table(REFUSED_COLUMNS, refused, report=True)
        say()
    for one in found.skills:
        for kept in one.kept:
            say_folded(_kept(_called(one, names), kept))
        if one.forecasts:
            say_folded(_forecast(_called(one, names), one.forecasts))
        for candidate in one.candidate_criteria:
            proposed = f"{one_line(candidate.name)}: {one_line(candidate.asks)}"
            times = count(candidate.critiques, "critique")
            say_folded(f"candidate criterion of {_called(one, names)}: {proposed} ({times})")
    say_folded(
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
    written = read(ledger, lambda opened: _export(opened, out, form))
    tell(count(written, "row" if form == "jsonl" else "proposal") + " written")


async def _export(ledger: SqlLedger, out: Path | None, form: Literal["jsonl", "csv"]) -> int:
    if out is None:
        return await ledger.export(sys.stdout, form=form)
    try:
        stream = out.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(f"--out {out}: cannot be written: {error.strerror}") from None
    with stream:
        return await ledger.export(stream, form=form)


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
    from skillopt.app.ledger import read_other

    # The other ledger is verified first: where it cannot be used, none is made here.
    with read_other(source) as other:
        found = read(ledger, lambda opened: opened.take_in(other), create=True)
    if as_json:
        print_json(found)
        return
    say(f"imported {found.new} of {count(found.rows, 'row')} from ledger {found.ledger}")
    say_next(f"skillopt ledger list{named(ledger)}")


def prune_command(
    *,
    older_than: Annotated[str, typer.Option(help="Age, such as 90d, 12w or 36h.", metavar="AGE")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how many texts would be deleted; delete nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Delete stored answers, prompts and replies older than AGE.

    Verdicts, critiques, edits and versions are kept, and the ledger still verifies. A rollout whose
    answer is deleted is paid again if it is needed again. It asks before it deletes; pass --yes
    where nobody can answer.

    Example: skillopt ledger prune --older-than 90d
    """
    before = _moment(older_than)
    moment = datetime.fromtimestamp(before, timezone.utc)  # noqa: UP017
    there = read(ledger, lambda opened: opened.prunable(before=before))
    told = f"{count(there, 'text')} stored before {local_time(moment)}"
    if not (dry_run or yes or there == 0):
        _confirm(told)
    deletes = there > 0 and not dry_run
    taken = read(ledger, lambda opened: opened.prune(before=before)) if deletes else 0
    if as_json:
        found = {"before": moment.isoformat(), "payloads": there if dry_run else taken}
        print_json({**found, "dry_run": dry_run})
    elif dry_run:
        say(f"would delete {told}")
        say_next(f"skillopt ledger prune --older-than {older_than.strip()}{named(ledger)}")
    else:
        say(f"deleted {count(taken, 'text')} stored before {local_time(moment)}")
        say_next(f"skillopt ledger verify{named(ledger)}")


def _confirm(told: str) -> None:
    """Ask on the terminal whether to delete.

    Raises:
        InputError: nobody is there to answer.
    """
    if not sys.stdin.isatty():
        raise InputError(
            f"prune would delete {told}, and standard input is not a terminal; "
            "pass --yes to delete them, or --dry-run to only count them"
        )
    if not typer.confirm(f"delete {told}? this cannot be undone", err=True):
        tell("nothing was deleted")
        raise typer.Exit


def _moment(older_than: str) -> float:
    """The moment that was AGE ago, in seconds since the epoch.

    Raises:
        InputError: it is no age.
    """
    match = _AGE.fullmatch(older_than.strip())
    if match is None:
        raise InputError(
            f"--older-than {older_than!r}: expected a number and d, w or h, such as 90d"
        )
    # Nothing was stored before 1970, and no calendar goes back as far as 99999999d.
    return max(0.0, time.time() - int(match[1]) * _SECONDS[match[2]])


SKILL_COLUMNS = (
    Column("skill"),
    *(
        Column(name, right=True)
        for name in ("runs", "proposals", "accepted", "rejected", "inconclusive")
    ),
)
REFUSED_COLUMNS = (
    Column("proposals", right=True),
    Column("verdict"),
    Column("skill"),
    Column("rule"),
)
LINE_COLUMNS = (Column("proposal"), Column("line", right=True), Column("text"))
NOWHERE = "·" * 12
"""Stands for the id of a proposal where there is none."""


async def _hits(
    ledger: SqlLedger, wanted: str, skill: str | None, limit: int
) -> tuple[tuple[Hit, ...], int]:
    """The best matches, and how many proposals match."""
    from skillopt.core.history.views import RoundFilter

    found = await ledger.search(wanted, skill=skill, limit=limit)
    if len(found) < limit:
        return found, len(found)
    return found, await ledger.count_rounds(RoundFilter(text=wanted, skill=skill))


def _forecast(skill: str, found: Forecasts) -> str:
    skilled = "" if found.skill is None else f", skill {found.skill:.2f} against predicting no gain"
    return (
        f"{skill}: the optimizer predicted {points(found.predicted)} points and the gate measured "
        f"{points(found.measured)} in the mean of {count(found.proposals, 'proposal')}; "
        f"Brier score {found.error:.4f}{skilled}"
    )


def _kept(skill: str, kept: KeptStats) -> str:
    """What another loop has tried; it is in no other count."""
    counts = (
        f"{getattr(kept, name):,} {name}" for name in ("accepted", "rejected", "inconclusive")
    )
    return f"{skill}: by the verdicts of {one_line(kept.source)}, another loop: {', '.join(counts)}"


def _called(one: SkillStats, names: Counter[str]) -> str:
    """A skill's name, and its path where another skill has the name, too."""
    return one.skill if names[one.skill] == 1 else f"{one.skill} ({one.skill_id})"


def _skill_row(one: SkillStats, names: Counter[str]) -> tuple[str, ...]:
    counts = (one.runs, one.rounds, one.accepted, one.rejected, one.inconclusive)
    return (_called(one, names), *(f"{number:,}" for number in counts))


def _say_traced(found: Tracing) -> None:
    say_table(
        LINE_COLUMNS,
        [
            (line.round.id if line.round else NOWHERE, str(line.number), line.text)
            for line in found.lines
        ],
    )
    say()
    say_proposals({line.round.id: line.round for line in found.lines if line.round}.values())
    for note in sorted({line.note for line in found.lines if line.note}):
        say_folded(f"{NOWHERE}  {note}")


def _say_evidence(found: Tracing) -> None:
    (line,) = found.lines
    say(f"{line.number}  {printable(line.text)}")
    if line.round is None:
        say_folded(line.note)
    else:
        say("written by")
        say_proposals([line.round])
    for critique in found.critiques:
        say_folded(f"critique of {one_line(critique.criterion)}: {one_line(critique.cause)}")
        say_folded(f'"{one_line(critique.quote)}"', indent="  ")
    if found.refused_here:
        say("refused proposals for this section:")
        say_proposals(found.refused_here)
