"""`skillopt doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from skillopt.cli.arguments import AsJson, SkillPath, Tasks
from skillopt.cli.options import MODELS, with_settings
from skillopt.cli.output import print_json, say

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
    """Say what is missing before a skill can be tuned, and the command that mends it.

    Nothing is called and nothing is written. Exit code 1 where something is missing.

    Example: skillopt doctor skills/triage-support-tickets/SKILL.md
    """
    from skillopt.app.doctor import check_up

    found = check_up(skill, validation_set=tasks, given=given)
    if as_json:
        print_json({"ready": found.ready, **found.model_dump(mode="json")})
    else:
        for line in _told(found):
            say(line)
    if not found.ready:
        raise typer.Exit(MISSING)


def _told(found: Checkup) -> list[str]:
    marks = {"good": "ok     ", "warning": "warning", "missing": "missing"}
    lines = []
    for finding in found.findings:
        lines.append(f"{marks[finding.level]}  {finding.about}: {finding.says}")
        if finding.mend:
            lines.append(f"         mend: {finding.mend}")
    lines.append("ready to tune" if found.ready else "not ready")
    return lines
