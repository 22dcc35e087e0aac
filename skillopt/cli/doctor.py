"""`skillopt doctor`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from skillopt.cli.arguments import AsJson, SkillPath, Tasks
from skillopt.cli.options import MODELS, with_settings
from skillopt.cli.output import print_json, say_wrapped
from skillopt.errors import SettingsError

if TYPE_CHECKING:
    from skillopt.app.doctor import Checkup

MISSING = 1
"""Exit code where something is missing."""


@with_settings([*MODELS, "gate", "alpha", "passes", "ledger", "max_skill_chars", "max_calls"])
def command(
    skill: SkillPath,
    *,
    tasks: Tasks = None,
    call: Annotated[
        bool,
        typer.Option(
            "--call",
            help="Call each model once: show its speed, its context size where it is known,"
            " and its price.",
        ),
    ] = False,
    tag_clusters: Annotated[
        bool,
        typer.Option(
            "--tag-clusters",
            help="Tag tasks that are near-copies with a `cluster` in the validation set's file:"
            " show the diff, ask, then write.",
        ),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="With --tag-clusters: write without asking.")
    ] = False,
    as_json: AsJson = False,
    given: dict[str, Any],
) -> None:
    """Check that a skill is ready to tune and show how to fix problems.

    No model is called without --call, and nothing is written but the tags that --tag-clusters asks
    for. Exit code 1 if something is missing.

    Example: skillopt doctor skills/triage-support-tickets/SKILL.md
    """
    from skillopt.app.doctor import check_up

    if yes and not tag_clusters:
        raise SettingsError("--yes is for --tag-clusters; pass both, or neither")
    found = check_up(skill, validation_set=tasks, given=given, call=call)
    if as_json:
        tags = _tagged(skill, tasks, yes=yes) if tag_clusters else {}
        print_json({"ready": found.ready, **found.model_dump(mode="json"), **tags})
    else:
        say_wrapped(_told(found))
        if tag_clusters:
            _tag(skill, tasks, yes=yes)
    if not found.ready:
        raise typer.Exit(MISSING)


def _tag(skill: Path, tasks: Path | None, *, yes: bool) -> None:
    from skillopt.app.tag_clusters import tagging
    from skillopt.cli.near_copies import show_tags, write_if_confirmed

    found = tagging(skill, validation_set=tasks)
    show_tags(found)
    write_if_confirmed(found, yes=yes)


def _tagged(skill: Path, tasks: Path | None, *, yes: bool) -> dict[str, Any]:
    """For --json, where nobody is asked: without --yes nothing is written."""
    from skillopt.app.tag_clusters import tagging
    from skillopt.cli.near_copies import write_if_confirmed

    found = tagging(skill, validation_set=tasks)
    return {"tags": found.tags, "written": yes and write_if_confirmed(found, yes=True)}


def _told(found: Checkup) -> list[str]:
    marks = {"good": "ok     ", "warning": "warning", "missing": "missing"}
    lines = []
    for finding in found.findings:
        lines.append(f"{marks[finding.level]}  {finding.about}: {finding.says}")
        if finding.mend:
            lines.append(f"         fix: {finding.mend}")
    lines.append("ready to tune" if found.ready else "not ready to tune")
    return lines
