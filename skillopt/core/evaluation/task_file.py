"""The files of a task: what its workspace holds at the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import AfterValidator

from skillopt.core.foreign_text import flaw
from skillopt.core.skill.skill_file import SkillFile, stays_inside, with_folders

MOST_FILES = 1_000
LARGEST_FILE = 5_000_000
"""Bytes of one file."""
LARGEST_FILES = 20_000_000
"""Bytes of a task's files together."""
LONGEST_PATH = 1_000
"""Characters."""


class TaskFile(SkillFile):
    """One file of a task's workspace, byte for byte."""


def inside(path: str) -> str:
    """``path``, a path in a workspace.

    Raises:
        ValueError: it leads out of it, or into its repository's own folder.
    """
    if not stays_inside(path) or len(path) > LONGEST_PATH or flaw(path):
        raise ValueError(
            f"{path[:200]!r} is no relative path with `/`; write `data/orders.csv`, without `..`"
        )
    if any(part.lower() == ".git" for part in path.split("/")):
        raise ValueError(f"{path[:200]!r} is in a repository's own folder; `git: true` makes it")
    return path


WorkspacePath = Annotated[str, AfterValidator(inside)]
"""A path in a workspace."""


def task_files(given: object) -> object:
    """Files given as a mapping of path to text or bytes, as values; anything else as it is."""
    if not isinstance(given, Mapping):
        return given
    return tuple(
        TaskFile(path=path, data=content.encode() if isinstance(content, str) else content)
        for path, content in given.items()
    )


def flaw_in_files(files: Sequence[TaskFile]) -> str | None:
    """What is wrong with a task's files."""
    if len(files) > MOST_FILES:
        return f"{len(files):,} files; a task has at most {MOST_FILES:,}"
    paths: set[str] = set()
    for file in files:
        try:
            inside(file.path)
        except ValueError as error:
            return str(error)
        if file.path in paths:
            return f"{file.path!r} is there twice; a path names one file"
        paths.add(file.path)
        if len(file.data) > LARGEST_FILE:
            return (
                f"{file.path!r} has {len(file.data):,} bytes; a file has at most {LARGEST_FILE:,}"
            )
    total = sum(len(file.data) for file in files)
    if total > LARGEST_FILES:
        return f"{total:,} bytes in all; a task's files have at most {LARGEST_FILES:,}"
    return _file_and_folder(paths)


def _file_and_folder(paths: set[str]) -> str | None:
    for path in paths:
        *above, _ = with_folders(path)
        both = next((folder for folder in above if folder in paths), None)
        if both:
            return f"{both!r} is a file, and {path!r} needs it to be a folder"
    return None
