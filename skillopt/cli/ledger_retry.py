"""`skillopt ledger retry` and `skillopt ledger digest`: what the record means for today's skill."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from skillopt.app.sync import run_to_end
from skillopt.cli.arguments import AsJson, SkillPath, Tasks
from skillopt.cli.entry import skill_of
from skillopt.cli.gate import Markdown, Table, answer, check_forms
from skillopt.cli.options import (
    BUDGET,
    CODE,
    GATE,
    LEDGER,
    LOOP,
    MODELS,
    ROLES_ONLY,
    SINGLE,
    with_settings,
)
from skillopt.cli.output import print_json, say, tell
from skillopt.cli.store import named, quoted, read

if TYPE_CHECKING:
    from skillopt.app.digest import LedgerDigest
    from skillopt.app.single_edit import GatedEdit


@with_settings([*ROLES_ONLY, *GATE, *SINGLE, *BUDGET], runs=True)
def retry_command(  # noqa: PLR0913 - each is an option of its own
    entry: Annotated[str, typer.Argument(help="A proposal's id, or its first characters.")],
    skill: Annotated[
        Path | None,
        typer.Argument(help="The skill's file; by default the one its run tuned.", metavar="SKILL"),
    ] = None,
    *,
    edit: Annotated[
        int | None, typer.Option(min=0, help="Only this edit of the proposal, counted from 0.")
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write the new version to the file if accepted.")
    ] = False,
    tasks: Tasks = None,
    table: Table = False,
    markdown: Markdown = False,
    as_json: AsJson = False,
    given: dict[str, Any],
) -> None:
    """Re-test a rejected edit against the current skill.

    The earlier rejection is ignored, but the edit must still apply to the current text. Stored
    rollouts are reused, so an inconclusive proposal continues with those it has. Without --write
    the file is not changed. Exit code 0 accepted, 1 rejected, 3 inconclusive; 2 for
    input errors, 4 if the provider, the ledger or the output failed.

    Example: skillopt ledger retry 3f9a skills/triage-support-tickets/SKILL.md
    """
    from skillopt.app.retry import aretry
    from skillopt.cli.progress import Progress

    check_forms(markdown=markdown, as_json=as_json)
    found = read(given.get("ledger"), lambda opened: opened.show_round(entry), of=skill)
    path = skill or skill_of(found, verb="retry")
    progress = Progress(report=tell)
    wanted = {"edit": edit, "write": write, "validation_set": tasks, **given}
    try:
        gated = run_to_end(aretry(path, found.round, on_event=progress.see, **wanted))
    finally:
        progress.clear()
    progress.warn(gated.warnings)
    steps = () if as_json else _next_steps(gated, entry, path, given.get("ledger"))
    answer(gated, steps, table=table, markdown=markdown, as_json=as_json)


def _next_steps(gated: GatedEdit, entry: str, path: Path, ledger: str | None) -> tuple[str, ...]:
    flag = named(ledger, of=path)
    shown = f"skillopt ledger show {gated.entry}{flag}"
    if gated.written:
        return (shown, f"skillopt diff {quoted(path)}{flag}")
    if gated.outcome.value == "accepted":
        return (shown, f"skillopt ledger retry {entry} {quoted(path)} --write{flag}")
    return (shown,)


@with_settings([*MODELS, *CODE, *LOOP, *GATE, *BUDGET, *LEDGER])
def digest_command(
    skill: SkillPath,
    *,
    tasks: Tasks = None,
    out: Annotated[
        Path | None,
        typer.Option(help="The --out value of the running `tune` command, if it had one."),
    ] = None,
    as_json: AsJson = False,
    given: dict[str, Any],
) -> None:
    """Print what the optimizer will read about earlier proposals in the next round.

    With the options of an unfinished run it is that run's next round; once the round has its
    critiques, it is exactly the text that is sent. Before that, and for a new run, the selection
    assumes failures like those of the newest refused proposal; standard error says which. No model
    is called and nothing is written.

    Example: skillopt ledger digest skills/triage-support-tickets/SKILL.md --practice
    """
    from skillopt.app.digest import aledger_digest
    from skillopt.app.versions import read_current

    writes_to = (out or read_current(skill).path).absolute()
    found = run_to_end(aledger_digest(skill, validation_set=tasks, writes_to=writes_to, **given))
    if as_json:
        print_json(found)
        return
    tell(_about(found))
    say(found.text or "nothing: conditioning is off")


def _about(found: LedgerDigest) -> str:
    run = f"run {found.run}" if found.run else "a new run"
    return f"round {found.number} of {run}, version {found.version[:12]}; chosen by: {found.about}"
