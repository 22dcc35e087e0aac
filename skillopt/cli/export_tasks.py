"""`skillopt export-tasks`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skillopt.cli.arguments import AsJson, SkillPath, Tasks
from skillopt.cli.output import count, from_here, print_json, say, tell_warnings


def command(
    skill: SkillPath,
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="The promptfoo config to write.")],
    tasks: Tasks = None,
    as_json: AsJson = False,
) -> None:
    """Write a skill's tasks as a promptfoo config.

    The skill is its system prompt. Checks that promptfoo has no assertion for are counted.

    Example: skillopt export-tasks skills/triage-support-tickets --out promptfooconfig.yaml
    """
    from skillopt.app.export_tasks import export_tasks

    done = export_tasks(skill, out=out, validation_set=tasks)
    if as_json:
        print_json(done)
        return
    tell_warnings([f"left out: {what} ({number:,})" for what, number in done.refused.items()])
    say(f"wrote {from_here(done.written)}: {count(done.tests, 'test')}")
