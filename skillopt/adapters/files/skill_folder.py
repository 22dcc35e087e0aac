"""Reading the folder of a SKILL.md.

Which of its files are the skill's is said in :mod:`skillopt.core.skill.left_out`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from skillopt.adapters.files.regular_files import opened_regular
from skillopt.core.skill.left_out import Surroundings, Why
from skillopt.core.skill.skill_file import SkillFile, is_skill_md
from skillopt.errors import SkillError

MOST_FILES = 2_000
LARGEST_FILE = 10_000_000
LARGEST_FOLDER = 30_000_000
"""Bytes. Clients take far less."""
ROOT_MARKS = (".git", ".hg", "skillopt.toml")
"""What makes a folder the root of a repository, or of a project."""


class LeftOut(NamedTuple):
    """A file or folder around a SKILL.md that is no part of the skill."""

    path: str
    """A folder's ends with `/`."""
    why: Why


class Around(NamedTuple):
    """What lies around a SKILL.md."""

    files: tuple[SkillFile, ...]
    """The skill's, by path."""
    left_out: tuple[LeftOut, ...]
    """What is left out; of what is in such a folder nothing is said."""


def root_of(skill_md: Path) -> Path | None:
    """The folder that is a skill with its file ``skill_md``; None for a Markdown file alone.

    Where a SKILL.md is a link to another one, it is the folder of that.

    Raises:
        SkillError: it is a link that leads in a circle.
    """
    if not is_skill_md(skill_md.name):
        return None
    try:
        real = skill_md.resolve()
    except (OSError, RuntimeError):
        raise SkillError(
            f"{skill_md} is a symbolic link that leads in a circle; put the file there"
        ) from None
    return real.parent if is_skill_md(real.name) else skill_md.absolute().parent


def surroundings_of(root: Path) -> Surroundings:
    """What the belonging of the files in a skill's folder depends on."""
    return Surroundings(root.name, any((root / mark).exists() for mark in ROOT_MARKS))


def read_files(root: Path, *, own: str) -> tuple[SkillFile, ...]:
    """The files around a SKILL.md, byte for byte; see :func:`read_around`."""
    return read_around(root, own=own).files


def read_around(root: Path, *, own: str) -> Around:
    """The files around a SKILL.md, byte for byte, and what of them is no part of the skill.

    Args:
        root: the skill's folder.
        own: the name of its SKILL.md, which is not among them.

    Raises:
        SkillError: one cannot be read, is a device or leads out of the folder; or there are more
            than :data:`MOST_FILES`, or more bytes than :data:`LARGEST_FOLDER`.
    """
    surroundings, size = surroundings_of(root), 0
    found: list[SkillFile] = []
    left_out: list[LeftOut] = []
    for path in _walk(root, surroundings, left_out):
        if path == own or _is_same(root / path, root / own):  # by a link, from it or to it
            continue
        file = _read(root, path)
        why = surroundings.why_left_out(path, file.data)
        if why is not None:
            left_out.append(LeftOut(path, why))
            continue
        found.append(file)
        size += len(file.data)
        if len(found) > MOST_FILES or size > LARGEST_FOLDER:
            raise _too_much(root, size)
    return Around(tuple(sorted(found, key=lambda file: file.path)), tuple(sorted(left_out)))


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # it leads nowhere, which is told where it is read
        return False


def _walk(root: Path, surroundings: Surroundings, left_out: list[LeftOut]) -> Iterator[str]:
    """The paths of the files that are the skill's by their names; the others are put down."""
    seen, folders = 0, [root]
    while folders:
        try:
            entries = sorted(os.scandir(folders.pop()), key=lambda entry: entry.name)
        except OSError as error:
            raise SkillError(f"{error.filename} cannot be read: {error.strerror}") from None
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            path = Path(entry.path).relative_to(root).as_posix() + ("/" if is_folder else "")
            why = surroundings.why_left_out(path)
            if why is not None:
                left_out.append(LeftOut(path, why))
                continue
            seen += 1
            if seen > 2 * MOST_FILES:
                raise _too_much(root, 0)
            if is_folder:
                folders.append(Path(entry.path))
            else:
                yield path


def _read(root: Path, path: str) -> SkillFile:
    place = root / path
    try:
        real = _inside(root, place) if place.is_symlink() else place
        with opened_regular(real) as found:
            if found is None:
                raise SkillError(
                    f"{place} is no regular file; a skill's folder holds files and folders: "
                    "move it elsewhere"
                )
            opened, state = found
            data = opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise SkillError(f"{place} cannot be read: {error.strerror}") from None
    if len(data) > LARGEST_FILE:
        raise SkillError(
            f"{place} is larger than {LARGEST_FILE:,} bytes; a file of a skill is no larger: keep "
            "it elsewhere, and let a script fetch it"
        )
    try:
        return SkillFile(path=path, data=data, executable=bool(state.st_mode & 0o100))
    except ValidationError:
        raise SkillError(
            f"{str(place)!r} has a name that is not UTF-8, or a backslash in it: rename it"
        ) from None


def _inside(root: Path, link: Path) -> Path:
    if not _leads_inside(root, link):
        raise SkillError(
            f"{link} is a symbolic link that leads to no file in the skill's folder; a skill is "
            "its folder alone: put a copy there, or remove the link"
        )
    return link.resolve()


def _leads_inside(root: Path, link: Path) -> bool:
    try:
        real, home = link.resolve(), root.resolve()
    except (OSError, RuntimeError):  # it leads in a circle
        return False
    if not (real.is_relative_to(home) and real.is_file()):
        return False
    path = real.relative_to(home).as_posix()
    return surroundings_of(home).why_left_out(path) is None


def _too_much(root: Path, size: int) -> SkillError:
    most = f"{LARGEST_FOLDER:,} bytes" if size > LARGEST_FOLDER else f"{MOST_FILES:,} files"
    return SkillError(
        f"{root} holds more than {most}; a SKILL.md and all around it are one skill: move it into "
        "a folder of its own"
    )
