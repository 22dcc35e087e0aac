"""The folder of a SKILL.md: which of its files are the skill's, and reading them.

All files around a SKILL.md are the skill's, in whatever folders, but for those that
:func:`is_left_out` names: version control, caches, environments, editors' files, `.env`, the
tasks and evaluations the skill is tested with, and what skillopt itself writes. In the root of a
repository, the rest is the repository's: there only the folders of the Agent Skills format count.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from skillopt.adapters.files.regular_files import opened_regular
from skillopt.core.skill.skill_file import SkillFile, is_skill_md
from skillopt.errors import SkillError

MOST_FILES = 2_000
LARGEST_FILE = 10_000_000
LARGEST_FOLDER = 30_000_000
"""Bytes. Clients take far less."""
OWN_FOLDERS = ("assets", "references", "scripts")
"""The folders of the Agent Skills format (agentskills.io/specification)."""

ROOT_MARKS = (".git", ".hg", "skillopt.toml")
_NOWHERE = frozenset(
    {
        ".git", ".hg", ".svn", ".jj", "node_modules", "__pycache__", ".venv", ".tox", ".idea",
        ".vscode", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".ipynb_checkpoints", ".env",
        ".DS_Store", "Thumbs.db", "desktop.ini", "skillopt.toml",
    }
)  # fmt: skip
_NOWHERE_LIKE = re.compile(
    r".*\.skillopt.*|.*\.py[co]|.*~|\..*\.sw[a-z]|\.env\.(?!example|sample|template).*", re.DOTALL
)
_NOT_ON_TOP = frozenset({"evals", "validation_sets", "eval_queries.json"})
_NOT_ON_TOP_LIKE = re.compile(
    r".*\.(?:db|sqlite3?)(?:-(?:wal|shm|journal)|\.locks)?"
    r"|(?:evals?|tasks|benchmark|promptfooconfig)[\w-]*\.(?:ya?ml|jsonl?|csv)",
    re.DOTALL,
)
_DATA = re.compile(r".*\.(?:ya?ml|jsonl?)", re.DOTALL)
_TASKS = re.compile(
    rb'^tasks:|"(?:checks|should_trigger|expectations|assertions)"\s*:', re.MULTILINE
)
_SNIFFED = 65_536


def root_of(skill_md: Path) -> Path | None:
    """The folder that is a skill with its file ``skill_md``; None for a Markdown file alone.

    Where a SKILL.md is a link to another one, it is the folder of that.
    """
    if not is_skill_md(skill_md.name):
        return None
    real = skill_md.resolve()
    return real.parent if is_skill_md(real.name) else skill_md.absolute().parent


def is_repository(root: Path) -> bool:
    """Whether a skill's folder is the root of a repository, whose other files are no skill's."""
    return any((root / mark).exists() for mark in ROOT_MARKS)


def is_left_out(path: str, *, root: Path, repository: bool, data: bytes | None = None) -> bool:
    """Whether a path in a skill's folder is no part of the skill.

    Args:
        path: with `/` between its parts.
        root: the skill's folder.
        repository: it is the root of a repository.
        data: what a file holds, or the first of it: a file of tasks is known by that.
    """
    parts = path.split("/")
    if any(part in _NOWHERE or _NOWHERE_LIKE.fullmatch(part) for part in parts):
        return True
    first = parts[0]
    if repository:
        return first not in OWN_FOLDERS
    if first in _NOT_ON_TOP or is_skill_md(first):
        return len(parts) > 1 or first in _NOT_ON_TOP
    if len(parts) > 1:
        return False
    named = _DATA.fullmatch(first) is not None and first.rpartition(".")[0] == root.name
    tasks = data is not None and _DATA.fullmatch(first) and _TASKS.search(data[:_SNIFFED])
    return bool(named or tasks or _NOT_ON_TOP_LIKE.fullmatch(first))


def read_files(root: Path, *, own: str) -> tuple[SkillFile, ...]:
    """The files around a SKILL.md, byte for byte.

    Args:
        root: the skill's folder.
        own: the name of its SKILL.md, which is not among them.

    Raises:
        SkillError: one cannot be read, is a device or leads out of the folder; or there are more
            than :data:`MOST_FILES`, or more bytes than :data:`LARGEST_FOLDER`.
    """
    repository, found, size = is_repository(root), [], 0
    for path in _walk(root, root, repository=repository):
        if path == own or _is_same(root / path, root / own):  # by a link, from it or to it
            continue
        file = _read(root, path)
        if is_left_out(path, root=root, repository=repository, data=file.data):
            continue
        found.append(file)
        size += len(file.data)
        if len(found) > MOST_FILES or size > LARGEST_FOLDER:
            raise _too_much(root, size)
    return tuple(sorted(found, key=lambda file: file.path))


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # it leads nowhere, which is told where it is read
        return False


def _walk(root: Path, folder: Path, *, repository: bool) -> Iterator[str]:
    seen, folders = 0, [folder]
    while folders:
        try:
            entries = sorted(os.scandir(folders.pop()), key=lambda entry: entry.name)
        except OSError as error:
            raise SkillError(f"{error.filename} cannot be read: {error.strerror}") from None
        for entry in entries:
            path = Path(entry.path).relative_to(root).as_posix()
            if is_left_out(path, root=root, repository=repository):
                continue
            seen += 1
            if seen > 2 * MOST_FILES:
                raise _too_much(root, 0)
            if entry.is_dir(follow_symlinks=False):
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
    return not is_left_out(path, root=home, repository=is_repository(home))


def _too_much(root: Path, size: int) -> SkillError:
    most = f"{LARGEST_FOLDER:,} bytes" if size > LARGEST_FOLDER else f"{MOST_FILES:,} files"
    return SkillError(
        f"{root} holds more than {most}; a SKILL.md and all around it are one skill: move it into "
        "a folder of its own"
    )
