"""What a skill's file is called."""

from __future__ import annotations

SKILL_MD = "SKILL.md"
"""The file that makes a folder a skill."""


def is_skill_md(name: str) -> bool:
    """Whether a file of that name makes its folder a skill, however it is capitalized."""
    return name.lower() == SKILL_MD.lower()
