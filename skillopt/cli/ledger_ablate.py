"""`skillopt ledger ablate`: which edit of a rejected bundle was at fault?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from skillopt.app.sync import run_to_end
from skillopt.cli.arguments import AsJson, Tasks
from skillopt.cli.entry import skill_of
from skillopt.cli.options import GATE, ROLES_ONLY, with_settings
from skillopt.cli.output import one_line, print_json, say, say_next, shown_usage, tell
from skillopt.cli.store import named, quoted, read
from skillopt.cli.tables import Column, say_table
from skillopt.core.figures import points
from skillopt.core.skill.skill_file import SKILL_MD
from skillopt.errors import SpendExhausted

if TYPE_CHECKING:
    from skillopt.app.ablate import AblatedBundle, AblatedEdit
    from skillopt.core.skill.edit import Edit

COLUMNS = (
    Column("edit", right=True),
    Column("verdict"),
    Column("points", right=True),
    Column("95 % interval"),
    Column("tasks", right=True),
    Column("p", right=True),
    Column("change"),
)


@with_settings([*ROLES_ONLY, *GATE], runs=True)
def ablate_command(
    entry: Annotated[str, typer.Argument(help="A proposal's id, or its first characters.")],
    skill: Annotated[
        Path | None,
        typer.Argument(help="The skill's file; by default the one its run tuned.", metavar="SKILL"),
    ] = None,
    *,
    tasks: Tasks = None,
    as_json: AsJson = False,
    given: dict[str, Any],
) -> None:
    """Test each edit of a rejected bundle alone, to find the one at fault.

    Each edit is tested against the version the bundle was written for, by the same gate. The ledger
    keeps the result with the proposal, and later rounds read it; no edit enters the skill. Stored
    rollouts are reused.

    Example: skillopt ledger ablate 3f9a skills/triage-support-tickets/SKILL.md
    """
    from skillopt.app.ablate import aablate
    from skillopt.cli.progress import Progress

    found = read(given.get("ledger"), lambda opened: opened.show_round(entry), of=skill)
    path = skill or skill_of(found, verb="ablate")
    progress = Progress(report=tell)
    wanted = {"validation_set": tasks, **given}
    try:
        ablated = run_to_end(aablate(path, found.round, on_event=progress.see, **wanted))
    finally:
        progress.clear()
    if not ablated.parts:
        raise SpendExhausted(
            "the spend limit left no room to test every edit, so that no result was entered; run "
            "the same command with a higher limit: rollouts that were paid are reused"
        )
    if as_json:
        print_json(ablated)
        return
    say_table(COLUMNS, map(_row, range(len(ablated.edits)), ablated.edits), report=True)
    say(f"run {ablated.run}, spent {shown_usage(ablated.usage)}")
    say_next(*_next_steps(ablated, path, named(given.get("ledger"), of=path)))


def _row(number: int, one: AblatedEdit) -> tuple[str, ...]:
    effect = one.effect
    return (
        str(number),
        "does not fit alone" if one.outcome == "unfit" else one.outcome,
        points(effect.difference) if effect else "n/a",
        f"[{points(effect.low)}, {points(effect.high)}]" if effect else "n/a",
        f"{effect.tasks}" if effect else "0",
        "n/a" if one.p_value is None else f"{one.p_value:.4f}",
        _change(one.edit),
    )


def _change(edit: Edit) -> str:
    lone = edit.file == SKILL_MD
    return _step(edit) if lone else f"{edit.file}: {_step(edit)}"


def _step(edit: Edit) -> str:
    match edit.kind:
        case "insert":
            return f"insert: {one_line(edit.text)}"
        case "replace":
            return f"replace: {one_line(edit.anchor)} → {one_line(edit.text)}"
        case "delete":
            return f"delete: {one_line(edit.anchor)}"
        case "create" | "describe":
            return f"{edit.kind}: {one_line(edit.text)}"
        case "remove":
            return "remove"


def _next_steps(ablated: AblatedBundle, path: Path, flag: str) -> list[str]:
    """Each edit that is accepted alone can be tested on the skill as it is now."""
    good = [part.edit for part in ablated.parts if part.outcome == "accepted"]
    retry = f"skillopt ledger retry {ablated.round} {quoted(path)}"
    steps = [f"{retry} --edit {number}{flag}" for number in good]
    return steps or [f"skillopt ledger show {ablated.round}{flag}"]
