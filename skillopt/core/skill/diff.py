"""The difference between two versions of a skill, as a unified diff."""

from __future__ import annotations

import difflib

from skillopt.core.skill.skill import Skill


def skill_diff(
    before: Skill, after: Skill, *, names: tuple[str, str] = ("", ""), context: int = 1
) -> tuple[str, ...]:
    """The lines of a unified diff; nothing where the texts are equal.

    Args:
        before: the older version.
        after: the newer version.
        names: what the two file lines call the versions; two empty ones leave the lines out.
        context: unchanged lines around each change.
    """
    lines = difflib.unified_diff(
        before.text.splitlines(), after.text.splitlines(), *names, lineterm="", n=context
    )
    found = tuple(lines)
    return found if any(names) else found[2:]
