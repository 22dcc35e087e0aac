"""Where a skill's file is."""

from __future__ import annotations

from pathlib import Path

from skillopt.core.skill.skill_md import SKILL_MD, is_skill_md
from skillopt.errors import SkillError


def located_skill(path: Path) -> Path:
    """The skill's file: ``path`` itself, or the `SKILL.md` in it where it is a folder.

    Raises:
        SkillError: there is none.
    """
    try:
        if path.is_dir():
            inside = skill_inside(path)
            if inside is None:
                raise SkillError(f"no {SKILL_MD} in {path}; name the skill's file itself")
            path = inside
        if not path.exists():
            kind = "broken link" if path.is_symlink() else "no such file"
            raise SkillError(f"{kind}: {path}; create a skill with `skillopt init`")
        if not path.is_file():
            raise SkillError(f"not a regular file: {path}")
    except OSError as error:
        raise SkillError(f"{path} cannot be read: {error.strerror}") from None
    return path


def skill_inside(folder: Path) -> Path | None:
    """The `SKILL.md` in a folder; the one in capitals where there are several."""
    found = sorted(child for child in folder.iterdir() if is_skill_md(child.name))
    return next((child for child in found if child.name == SKILL_MD), found[0] if found else None)
