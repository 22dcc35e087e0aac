"""The skills in a folder, and what there is without tasks."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from skillopt.adapters.files.places import place_of
from skillopt.adapters.files.skill_file import located_skill
from skillopt.core.skill.file_names import is_markdown
from skillopt.core.skill.left_out import why_anywhere
from skillopt.core.skill.skill_file import is_skill_md
from skillopt.errors import InputError, SkillError

MOST_ENTRIES = 200_000
"""Files and folders that are looked through."""


class FoundSkills(NamedTuple):
    """The skills that were found, each once, by path."""

    with_tasks: tuple[Path, ...]
    """A validation set is named after them, or several are."""
    without: tuple[Path, ...]
    """A `SKILL.md` for which there is none; other Markdown files without one are no skills."""


def skills_in(paths: Sequence[Path]) -> FoundSkills:
    """The skills that ``paths`` name or hold.

    A skill is a `SKILL.md`, or a Markdown file with a validation set named after it, as for
    `skillopt gate --changed`. Folders of tools (`.git`, `node_modules`) are not looked into, and
    links to folders are not followed. A file that several paths lead to is one skill.

    Raises:
        InputError: there is no such file or folder, or one holds too much.
    """
    found: dict[Path, tuple[Path, bool]] = {}
    for path in paths:
        for file in _files(path):
            has_tasks = bool(place_of(file).validation_sets)
            if has_tasks or is_skill_md(file.name) or file == path:
                found.setdefault(file.resolve(), (file, has_tasks))
    ordered = sorted(found.values())
    return FoundSkills(
        tuple(file for file, has_tasks in ordered if has_tasks),
        tuple(file for file, has_tasks in ordered if not has_tasks),
    )


def _files(path: Path) -> Iterator[Path]:
    """The file itself, or the Markdown files in a folder."""
    if not path.is_dir():
        try:
            yield located_skill(path)
        except SkillError as error:
            raise InputError(f"{error}; name a folder with skills, or a skill") from None
        return
    seen = 0
    for folder, folders, names in os.walk(path, onerror=_unreadable):
        folders[:] = sorted(name for name in folders if why_anywhere(name) is None)
        seen += len(folders) + len(names)
        if seen > MOST_ENTRIES:
            raise InputError(
                f"{path} holds more than {MOST_ENTRIES:,} files and folders; name the folders that "
                "hold the skills"
            )
        files = (Path(folder, name) for name in sorted(names) if is_markdown(name))
        yield from (file for file in files if file.is_file())


def _unreadable(error: OSError) -> None:
    raise InputError(f"{error.filename} cannot be read: {error.strerror}")
