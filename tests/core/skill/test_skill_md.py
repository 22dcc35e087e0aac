"""What makes a folder a skill."""

from __future__ import annotations

from skillopt.core.skill.skill_md import is_skill_md


def test_capitals_do_not_matter_and_nothing_else_is_one() -> None:
    names = ("SKILL.md", "skill.md", "Skill.MD", "SKILL.txt", "my-SKILL.md", "")
    assert [is_skill_md(name) for name in names] == [True] * 3 + [False] * 3
