"""`skillopt report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from skillopt.cli.arguments import AsJson
from skillopt.cli.output import from_here, print_json, say, say_next, tell
from skillopt.cli.results import results
from skillopt.cli.store import LedgerOption, quoted, read
from skillopt.errors import InputError

STDOUT = Path("-")
"""What `-o` takes for standard output."""


def command(
    run: Annotated[
        str | None,
        typer.Argument(help="A run's id, or its first characters; by default the newest run."),
    ] = None,
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="File to write; `-` for stdout. By default report-RUN in this folder.",
        ),
    ] = None,
    form: Annotated[
        Literal["html", "md"] | None,
        typer.Option(
            "--format",
            help="html: a page in one file; md: for an issue. By default by the file's ending.",
        ),
    ] = None,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Write a run's report: one self-contained HTML file, or Markdown.

    It has the verdicts with their evidence, the sealed test, the score by round, tasks by versions,
    the spend, and what is not known. The page loads nothing and runs no scripts. A file that is no
    report is not overwritten.

    Example: skillopt report -o report.html
    """
    from skillopt.app.report import check_place, report_text, run_report, write_report

    form = form or _form(out)
    if out == STDOUT and as_json:
        raise InputError("--json and -o - both take standard output; name a file with -o")
    if out is not None and out != STDOUT:
        check_place(out, form)
    found = read(ledger, lambda opened: run_report(opened, run))
    if out == STDOUT:
        results().write(report_text(found, form))
        results().flush()
        return
    done = write_report(found, out or Path(f"report-{found.run}.{form}"), form)
    if as_json:
        print_json(done)
        return
    tell(f"run {found.run}: {found.result}")
    where = from_here(done.written)
    say(f"wrote {where}: {done.bytes / 1000:,.0f} kB")
    if form == "html":
        say_next(f"open {quoted(where)} in a browser")


def _form(out: Path | None) -> Literal["html", "md"]:
    return "md" if out is not None and out.suffix.lower() in (".md", ".markdown") else "html"
