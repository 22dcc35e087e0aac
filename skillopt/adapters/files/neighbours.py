"""The other skills beside a skill, which an agent could load instead."""

from __future__ import annotations

from pathlib import Path

from skillopt.adapters.files.skill_file import read_skill
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SKILL_MD
from skillopt.errors import SettingsError

MOST_NEIGHBOURS = 500


def read_neighbours(folder: Path, *, but: Path | None) -> tuple[Skill, ...]:
    """Every skill in ``folder``, by name.

    Args:
        folder: holds a folder with a SKILL.md for each skill, as `.claude/skills` does.
        but: the skill that is tuned, where it lies in there; it is left out.

    Raises:
        SettingsError: there is no such folder, none of what is in it is a skill, there are more
            than :data:`MOST_NEIGHBOURS`, or one has no name or that of another.
        SkillError: one of them cannot be read.
    """
    if not folder.is_dir():
        raise SettingsError(
            f"neighbours: {folder} is no folder; name one that holds a folder for each skill"
        )
    files = sorted(path / SKILL_MD for path in folder.iterdir() if (path / SKILL_MD).is_file())
    own = None if but is None else but.resolve()
    files = [path for path in files if path.resolve() != own]
    if len(files) > MOST_NEIGHBOURS:
        raise SettingsError(
            f"neighbours: {folder} holds {len(files)} skills; no more than {MOST_NEIGHBOURS} can "
            "stand beside one"
        )
    found: dict[str, tuple[Path, Skill]] = {}
    for file in files:
        skill = read_skill(file)
        if skill.name is None:
            raise SettingsError(f"neighbours: {file} has no `name`; give it one")
        first = found.setdefault(skill.name, (file, skill))[0]
        if first != file:
            raise SettingsError(
                f"neighbours: {first} and {file} are both called {skill.name!r}; rename one"
            )
    if not found:
        raise SettingsError(f"neighbours: no folder in {folder} holds another {SKILL_MD}")
    return tuple(found[name][1] for name in sorted(found))
