"""`skillopt gate`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, assert_never

import typer

from skillopt.app.sync import run_to_end
from skillopt.cli.arguments import AsJson, Tasks
from skillopt.cli.options import GATE, ROLES_ONLY, SINGLE, with_settings
from skillopt.cli.output import local_time, print_json, say, say_next, say_wrapped, tell
from skillopt.cli.store import named
from skillopt.errors import SettingsError

if TYPE_CHECKING:
    from skillopt.app.single_edit import GatedEdit

Table = Annotated[
    bool, typer.Option("--table", help="Also print the paired results of every validation task.")
]
Markdown = Annotated[bool, typer.Option("--markdown", help="Print a comment for a pull request.")]

ACCEPTED, REJECTED, INCONCLUSIVE = 0, 1, 3
"""Exit codes."""


@with_settings([*ROLES_ONLY, *GATE, *SINGLE], runs=True)
def command(
    old: Annotated[Path, typer.Argument(help="The version in use.", metavar="OLD")],
    new: Annotated[Path, typer.Argument(help="The edited version.", metavar="NEW")],
    *,
    tasks: Tasks = None,
    table: Table = False,
    markdown: Markdown = False,
    as_json: AsJson = False,
    given: dict[str, Any],
) -> None:
    """Test a hand-written edit (OLD vs NEW) on the validation tasks.

    NEW has to be better; with --no-worse-than it only has to be no worse, for rewordings.
    Tasks, settings and ledger are those of NEW's project. Neither file is written, and the edit
    budget does not apply. Exit code 0 accepted, 1 rejected, 3 inconclusive; 2 for input
    errors, 4 if the provider, the ledger or the output failed.

    Example: skillopt gate old.md skills/triage/SKILL.md --tasks validation_sets/triage.yaml
    """
    from skillopt.app.ci import in_ci
    from skillopt.app.gate import gate_edit
    from skillopt.app.job import read_job
    from skillopt.cli.near_copies import warn_of_near_copies
    from skillopt.cli.progress import Progress

    check_forms(markdown=markdown, as_json=as_json)
    progress = Progress(report=tell)
    given |= {"validation_set": tasks, "on_event": progress.see}
    read = read_job(new, isolates=in_ci(), **given)
    job = read.for_single_edit()
    warn_of_near_copies(job.inputs.validation_set)
    try:
        gated = run_to_end(gate_edit(job, old))
    finally:
        progress.clear()
    progress.warn(gated.warnings)
    flag = "" if as_json else named(given.get("ledger"), of=new)
    steps = (f"skillopt ledger show {gated.entry} --tasks{flag}",)
    answer(gated, steps, table=table, markdown=markdown, as_json=as_json)


def answer(
    gated: GatedEdit, steps: Sequence[str], *, table: bool, markdown: bool, as_json: bool
) -> NoReturn:
    """Print the gate's word in one of its forms, and exit by it.

    Args:
        gated: the gate's word.
        steps: commands to suggest to a person.
        table: also the paired results of every validation task.
        markdown: as a comment for a pull request.
        as_json: as one JSON object.
    """
    from skillopt.cli.gate_comment import comment
    from skillopt.cli.output import shown_usage
    from skillopt.cli.verdicts import told_table
    from skillopt.core.gate import Outcome

    if as_json:
        print_json({"outcome": gated.outcome.value, **gated.model_dump(mode="json")})
    elif markdown:
        say(comment(gated, spent=shown_usage(gated.usage)).rstrip("\n"))
    else:
        say_wrapped(_told(gated))
        for line in told_table(gated.verdict) if table else ():
            say(line)
        say_next(*steps)
    match gated.outcome:
        case Outcome.ACCEPTED:
            raise typer.Exit(ACCEPTED)
        case Outcome.REJECTED:
            raise typer.Exit(REJECTED)
        case Outcome.INCONCLUSIVE:
            raise typer.Exit(INCONCLUSIVE)
        case _:
            assert_never(gated.outcome)


def check_forms(*, markdown: bool, as_json: bool) -> None:
    """Refuse two forms of one answer."""
    if markdown and as_json:
        raise SettingsError("--json and --markdown cannot be combined; choose one")


def _told_known(gated: GatedEdit) -> list[str]:
    if gated.known_since is None:
        return []
    when = local_time(datetime.fromtimestamp(gated.known_since, tz=timezone.utc))  # noqa: UP017
    return [f"already tested on {when} with the same tasks and settings; nothing was run"]


def _told(gated: GatedEdit) -> list[str]:
    from skillopt.cli.output import shown_usage
    from skillopt.cli.verdicts import told_content, told_leaks, told_numbers

    judged = " (judged by the target itself)" if gated.self_judged else ""
    written = [f"written to {gated.written}"] if gated.written else []
    return [
        f"{gated.outcome.value}: {gated.verdict.reason}{judged}",
        *told_numbers(gated.verdict),
        *told_leaks(gated.leaks),
        *told_content(gated.content),
        *_told_known(gated),
        f"run {gated.run}, spent {shown_usage(gated.usage)}",
        *written,
    ]
