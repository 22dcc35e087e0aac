"""A skill written out as a folder for those who load it: a command, an agent, a framework."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from skillopt.adapters.files.atomic import endings, free_place, only_writer
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SKILL_MD, SkillFile
from skillopt.errors import SkillError

NAMELESS = "skill"
"""The folder of a skill whose front matter has no name that a folder can have."""

_FOLDER_NAME = re.compile(r"\w[\w .-]{0,62}\w|\w")


def rendered_skill(skill: Skill, folder: Path, *, read_only: bool = False) -> Path:
    """Write a skill into a new folder in ``folder``, and return that new folder.

    It has the front matter's name, which is where agents look for a skill, and holds the SKILL.md
    and every other file, byte for byte, with executable bits.

    Args:
        skill: a lone SKILL.md or a whole folder.
        folder: where skills are looked for, such as `.claude/skills` in a workspace; created where
            it is missing.
        read_only: write-protect the files, where one copy serves several readers.

    Raises:
        SkillError: a skill of that name is there already, or the folder cannot be written.
    """
    place = folder / folder_name(skill)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        place.mkdir()
        _write_all(skill, place, read_only=read_only)
    except FileExistsError as error:
        raise SkillError(
            f"{error.filename or place} is there already; a skill is written into a new folder, "
            "and each of its paths is one file"
        ) from None
    except (OSError, ValueError) as error:
        raise SkillError(f"the skill cannot be written to {place}: {error}") from None
    return place


def folder_name(skill: Skill) -> str:
    """What the folder of a skill is called: its own name, where a folder can have it."""
    name = skill.name
    return name if name is not None and _FOLDER_NAME.fullmatch(name) else NAMELESS


def put_beside(root: Path, skill: Skill) -> Path:
    """Write a skill next to the folder ``root``, and return its place.

    That is `<name>.skillopt`, or a numbered one where that holds something else.

    Raises:
        OSError: the folder above cannot be written.
    """
    place, is_there = free_place(
        lambda ending: root.with_name(f"{root.name}{ending}"), lambda place: _holds(place, skill)
    )
    if is_there:
        return place
    unfinished = _unfinished(place)
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    _write_all(skill, unfinished, read_only=False)
    return unfinished.rename(place)


def remove_left_beside(root: Path) -> None:
    """Delete the unfinished folders that killed writers left next to the folder ``root``.

    Raises:
        OSError: the folder cannot be locked.
    """
    places = (root.with_name(f"{root.name}{ending}") for ending in endings())
    for place in places:
        if _unfinished(place).is_dir():
            with only_writer(root):  # whoever writes one holds the folder
                shutil.rmtree(_unfinished(place), ignore_errors=True)
        if not place.exists():
            return


def _unfinished(place: Path) -> Path:
    return place.with_name(f".{place.name}-tmp")


def _holds(place: Path, skill: Skill) -> bool:
    wanted = {file.path: file.data for file in whole(skill)}
    there = {
        path.relative_to(place).as_posix(): path for path in place.rglob("*") if path.is_file()
    }
    return wanted.keys() == there.keys() and all(
        path.read_bytes() == wanted[name] for name, path in there.items()
    )


def whole(skill: Skill) -> tuple[SkillFile, ...]:
    """All files of a skill, its SKILL.md first."""
    return (SkillFile(path=SKILL_MD, data=skill.to_bytes()), *skill.files)


def _write_all(skill: Skill, place: Path, *, read_only: bool) -> None:
    for file in whole(skill):
        write_file(place, file, read_only=read_only)


def write_file(folder: Path, file: SkillFile, *, read_only: bool = False) -> None:
    """Write a new file at its path in ``folder``, executable where it is.

    Raises:
        OSError: it is there already, or cannot be written.
    """
    path = folder / file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as opened:
        opened.write(file.data)
    if file.executable or read_only:
        rights = 0o755 if file.executable else 0o644
        path.chmod(rights & ~0o222 if read_only else rights)
