"""The difference between two versions, as a value that shows itself."""

from __future__ import annotations

from skillopt.core.notebook import parts
from skillopt.core.skill.diff import skill_diff
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value


class SkillDiff(Value):
    """What differs between two versions of a skill; `str` of it is a unified diff."""

    before: Skill
    after: Skill

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of the unified diff, or of git's where there are other files."""
        return skill_diff(self.before, self.after)

    def __str__(self) -> str:
        return "\n".join(self.lines)

    def _repr_html_(self) -> str:
        lines = self.lines
        if not lines:
            return parts.card("No difference", "")
        return parts.card(diff_title(lines), "", parts.diff(lines))


def diff_title(lines: tuple[str, ...]) -> str:
    """How many lines a unified diff adds and deletes."""
    added = sum(line.startswith("+") and not line.startswith("+++ ") for line in lines)
    deleted = sum(line.startswith("-") and not line.startswith("--- ") for line in lines)
    return f"Diff: {_lines(added)} added, {deleted} deleted"


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"
