"""`skillopt tune-all`: a library of skills with one budget."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from skillopt.app.sync import run_to_end
from skillopt.cli.arguments import AsJson
from skillopt.cli.options import PANELS, with_settings
from skillopt.cli.output import print_json, say, say_wrapped, tell
from skillopt.errors import SettingsError

if TYPE_CHECKING:
    from skillopt.app.tuned_library import TunedLibrary
    from skillopt.core.events import Event

INVALID, FAILED, WAITS = 2, 4, 5
"""Exit codes: a skill's tasks or settings cannot be used; the provider or the ledger failed for
one; a proposal for one waits for approval. The first that holds of 4, 2 and 5 is taken."""


@with_settings([name for names in PANELS.values() for name in names], runs=True)
def command(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Folders that hold skills, or single skills.", metavar="PATH..."),
    ],
    *,
    write: Annotated[
        bool, typer.Option("--write/--no-write", help="Whether to write the results to the skills.")
    ] = True,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the plan and what it may cost; call nothing.")
    ] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the report as Markdown.")
    ] = False,
    as_json: AsJson = False,
    given: dict[str, Any],
) -> None:
    """Tune every skill in some folders with one budget.

    A skill is a SKILL.md, or a Markdown file with a validation set named after it; those without
    tasks are listed and left out. Each has an ordinary run. The runs take turns, a round at a time:
    the next round goes where the most is to be expected for its spend. --max-calls, --max-tokens
    and --max-cost hold for all of them together, and keep room for the sealed tests. A skill that
    fails does not end the others. Running the same command again goes on where it was interrupted,
    and with what has failed. Exit code 0 done; 4 if the provider or the ledger failed for a skill,
    2 if a skill's tasks cannot be used, 5 if a proposal waits for approval.

    Example: skillopt tune-all skills --max-calls 2000
    """
    from skillopt.app.library import plan_of, read_library
    from skillopt.cli.tuned_library import told_plan

    if markdown and as_json:
        raise SettingsError("--json and --markdown cannot be combined; choose one")
    if dry_run:
        plan = plan_of(read_library(paths, given))
        if as_json:
            print_json(plan)
        else:
            say_wrapped(told_plan(plan))
        return
    tuned = _tuned(paths, given, write=write)
    _print(tuned, markdown=markdown, as_json=as_json)
    raise typer.Exit(exit_code(tuned))


def exit_code(tuned: TunedLibrary) -> int:
    """What the command exits with."""
    if tuned.of("failed"):
        return FAILED
    if tuned.of("invalid"):
        return INVALID
    return WAITS if tuned.of("waits") else 0


def _tuned(paths: Sequence[Path], given: dict[str, Any], *, write: bool) -> TunedLibrary:
    from skillopt.app.library import read_library
    from skillopt.app.tune_all import tune_library
    from skillopt.cli.narrate import lines
    from skillopt.cli.near_copies import say_import, warn_of_near_copies
    from skillopt.cli.progress import Progress
    from skillopt.cli.terminal import printable
    from skillopt.core.events import RunStarted

    names: dict[str | None, str] = {}

    def see(event: Event) -> None:
        progress.see(event)
        if isinstance(event, RunStarted):
            names[event.run] = printable(event.skill)
        for line in lines(event):
            name = names.get(event.run)
            progress.line(f"{name}: {line}" if name else line)

    progress = Progress(report=tell)
    library = read_library(paths, {**given, "on_event": see})
    for path in library.left_out:
        tell(f"left out: {printable(str(path))}: no validation set is named after it")
    for path, says in library.invalid:
        tell(f"left out: {printable(str(path))}: {printable(says)}")
    for skill in library.skills:
        say_import(skill.job.inputs.validation_set)
        warn_of_near_copies(skill.job.inputs.validation_set)
    try:
        return run_to_end(tune_library(library, write=write))
    finally:
        progress.clear()


def _print(tuned: TunedLibrary, *, markdown: bool, as_json: bool) -> None:
    from skillopt.cli.tables import say_table
    from skillopt.cli.tuned_library import COLUMNS, markdown_of, row_of, told_sum

    if as_json:
        content = tuned.model_dump(mode="json")
        print_json({**content, "usage": tuned.usage.model_dump(mode="json")})
    elif markdown:
        say(markdown_of(tuned).rstrip("\n"))
    else:
        say_table(COLUMNS, [row_of(one) for one in tuned.skills], report=True)
        say_wrapped(told_sum(tuned))
