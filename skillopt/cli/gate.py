"""`skillopt gate`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from skillopt.app.sync import run_to_end
from skillopt.cli.arguments import AsJson, Tasks
from skillopt.cli.gate_all import Forms, gate_all
from skillopt.cli.gate_exits import exit_code
from skillopt.cli.gate_told import told_gated
from skillopt.cli.gate_versions import versions_of
from skillopt.cli.junit import Junit, check_junit, gate_suite, write_junit
from skillopt.cli.options import GATE, ROLES_ONLY, SINGLE, with_settings
from skillopt.cli.output import print_json, say, say_next, say_wrapped, tell
from skillopt.cli.store import named
from skillopt.errors import SettingsError

if TYPE_CHECKING:
    from skillopt.app.single_edit import GatedEdit

Table = Annotated[
    bool, typer.Option("--table", help="Also print the paired results of every validation task.")
]
Markdown = Annotated[bool, typer.Option("--markdown", help="Print a comment for a pull request.")]
Base = Annotated[
    str | None,
    typer.Option(
        "--base",
        metavar="REF",
        help="Take the old version from git: a branch, a tag or a commit.",
    ),
]
Changed = Annotated[
    bool, typer.Option("--changed", help="Test every skill that has changed since --base.")
]


@with_settings([*ROLES_ONLY, *GATE, *SINGLE], runs=True)
def command(  # noqa: PLR0913 - each is an option of its own
    versions: Annotated[
        list[str] | None,
        typer.Argument(
            help="The version in use and the edited one: a file, REF:PATH for a version from git "
            "or - for standard input. With --base: the skill.",
            metavar="OLD NEW",
        ),
    ] = None,
    *,
    base: Base = None,
    changed: Changed = False,
    tasks: Tasks = None,
    table: Table = False,
    markdown: Markdown = False,
    junit: Junit = None,
    as_json: AsJson = False,
    given: dict[str, Any],
) -> None:
    """Test a hand-written edit (OLD vs NEW) on the validation tasks.

    NEW has to be better; with --no-worse-than it only has to be no worse, for rewordings.
    Tasks, settings and ledger are those of NEW's project. Neither file is written, and the edit
    budget does not apply. With --base, OLD is the skill as git has it in the commit that HEAD and
    REF have in common; with --changed, too, every skill that has changed since is tested (or those
    in the folders that are named), and limits of spend hold for all of them together. Exit code 0
    accepted, 1 rejected, 3 inconclusive, of several the worst; 2 for input errors, 4 if the
    provider, the ledger or the output failed.

    Example: skillopt gate old.md skills/triage/SKILL.md --tasks validation_sets/triage.yaml
    """
    check_forms(markdown=markdown, as_json=as_json)
    check_junit(junit)
    asked = versions or []
    given |= {"validation_set": tasks}
    if changed:
        forms = Forms(table=table, markdown=markdown, as_json=as_json, junit=junit)
        gate_all(base, asked, given, forms)
    path, gated = _gated(asked, base, given)
    flag = "" if as_json else named(given.get("ledger"), of=path)
    steps = (f"skillopt ledger show {gated.entry} --tasks{flag}",)
    write_junit(junit, [gate_suite(str(path or gated.skill), gated)])
    answer(gated, steps, table=table, markdown=markdown, as_json=as_json)


def _gated(
    asked: Sequence[str], base: str | None, given: dict[str, Any]
) -> tuple[Path | None, GatedEdit]:
    """The new version's file and the gate's word."""
    from skillopt.app.ci import in_ci
    from skillopt.app.gate import gate_edit
    from skillopt.app.job import read_job
    from skillopt.cli.near_copies import say_import, warn_of_near_copies
    from skillopt.cli.progress import Progress

    old, new, path = versions_of(asked, base)
    if path is None and given["validation_set"] is None:
        raise SettingsError(f"NEW is {asked[-1]!r}, which has no tasks beside it; pass --tasks")
    progress = Progress(report=tell)
    job = read_job(path or new, isolates=in_ci(), on_event=progress.see, **given)
    job = job.for_single_edit().with_skill(new)
    say_import(job.inputs.validation_set)
    warn_of_near_copies(job.inputs.validation_set)
    try:
        gated = run_to_end(gate_edit(job, old))
    finally:
        progress.clear()
    progress.warn(gated.warnings)
    return path, gated


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

    if as_json:
        print_json({"outcome": gated.outcome.value, **gated.model_dump(mode="json")})
    elif markdown:
        say(comment(gated, spent=shown_usage(gated.usage)).rstrip("\n"))
    else:
        say_wrapped(told_gated(gated))
        for line in told_table(gated.verdict) if table else ():
            say(line)
        say_next(*steps)
    raise typer.Exit(exit_code(gated.outcome))


def check_forms(*, markdown: bool, as_json: bool) -> None:
    """Refuse two forms of one answer."""
    if markdown and as_json:
        raise SettingsError("--json and --markdown cannot be combined; choose one")
