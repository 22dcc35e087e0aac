"""`skillopt doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from skillopt.cli.arguments import AsJson, SkillPath, Tasks
from skillopt.cli.options import MODELS, with_settings
from skillopt.cli.output import print_json
from skillopt.cli.terminal import say_wrapped

if TYPE_CHECKING:
    from skillopt.app.doctor import Checkup

MISSING = 1
"""Exit code where something is missing."""


@with_settings([*MODELS, "gate", "alpha", "passes", "ledger"])
def command(
    skill: SkillPath,
    *,
    tasks: Tasks = None,
    as_json: AsJson = False,
    given: dict[str, Any],
) -> None:
    """Check that a skill is ready to tune and show how to fix problems.

    No model is called and nothing is written. Exit code 1 if something is missing.

    Example: skillopt doctor skills/triage-support-tickets/SKILL.md
    """
    from skillopt.app.doctor import check_up

    found = check_up(skill, validation_set=tasks, given=given)
    if as_json:
        print_json({"ready": found.ready, **found.model_dump(mode="json")})
    else:
        say_wrapped(_told(found))
    if not found.ready:
        raise typer.Exit(MISSING)


def _told(found: Checkup) -> list[str]:
    marks = {"good": "ok     ", "warning": "warning", "missing": "missing"}
    lines = []
    for finding in found.findings:
        lines.append(f"{marks[finding.level]}  {finding.about}: {finding.says}")
        if finding.mend:
            lines.append(f"         fix: {finding.mend}")
    lines.append("ready to tune" if found.ready else "not ready to tune")
    return lines
