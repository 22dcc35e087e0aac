"""The other skills beside a skill: what a client shows of them."""

from __future__ import annotations

from pathlib import Path

from skillopt.adapters.files.skill_file import FILE, read_skill
from skillopt.core.evaluation.loading import Described, described
from skillopt.errors import SettingsError

MOST_NEIGHBOURS = 500


def read_neighbours(folder: Path, *, but: Path | None) -> tuple[Described, ...]:
    """The name and description of every skill in ``folder``, by name.

    Args:
        folder: holds a folder with a SKILL.md for each skill, as `.claude/skills` does.
        but: the skill that is tuned, where it lies in there; it is left out.

    Raises:
        SettingsError: there is no such folder, none of what is in it is a skill, or there are more
            than :data:`MOST_NEIGHBOURS`.
        SkillError: one of them cannot be read.
    """
    if not folder.is_dir():
        raise SettingsError(
            f"neighbours: {folder} is no folder; name one that holds a folder for each skill"
        )
    files = sorted(path / FILE for path in folder.iterdir() if (path / FILE).is_file())
    own = None if but is None else but.resolve()
    files = [path for path in files if path.resolve() != own]
    if len(files) > MOST_NEIGHBOURS:
        raise SettingsError(
            f"neighbours: {folder} holds {len(files)} skills; no more than {MOST_NEIGHBOURS} can "
            "stand beside one"
        )
    found = {one.name: one for one in map(_described, files)}
    if not found:
        raise SettingsError(f"neighbours: no folder in {folder} holds another {FILE}")
    return tuple(found[name] for name in sorted(found))


def _described(file: Path) -> Described:
    skill = read_skill(file)
    shown = described(skill)
    return shown if skill.name else Described(name=file.parent.name, description=shown.description)
