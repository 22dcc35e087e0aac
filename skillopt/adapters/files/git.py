"""What git knows of a file: nothing without git or outside a repository, and never an error."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from skillopt.adapters.files.skill_folder import root_of, surroundings_of
from skillopt.core.history.hand_edit import FileOrigin

PATIENCE = 5.0
"""Seconds that git has for an answer."""
_FORMAT = "%H%x00%an <%ae>%x00%aI"
_STATUS = ("--porcelain", "-z", "--no-renames", "--ignored", "--untracked-files=all")
_UNTRACKED = ("??", "!!")


def file_origin(path: Path, *, project: Path) -> FileOrigin:
    """A skill's path and, where it is in a git repository, its last commit and its state.

    Of a `SKILL.md` they are those of all the files that are the skill.

    Args:
        path: the skill's file; symbolic links are followed.
        project: the folder that paths within it are shown from.
    """
    file = path.resolve()
    inside = file.is_relative_to(project.resolve())
    shown = str(file.relative_to(project.resolve()) if inside else file)
    named = _named(file)
    if named is None:
        return FileOrigin(path=shown)
    status = _git(file, "status", *_STATUS, "--", *named)
    if status is None:
        return FileOrigin(path=shown)
    last = _git(file, "log", "-1", "--no-show-signature", f"--format={_FORMAT}", "--", *named)
    commit, author, committed = (last.strip().split("\0") if last else []) or (None, None, None)
    state = _state(file, status)
    return FileOrigin(path=shown, commit=commit, author=author, committed=committed, state=state)


def user_name(folder: Path) -> str | None:
    """Git's `user.name` in a folder; None where there is none."""
    found = _git(folder / "any", "config", "user.name")
    return found.strip() or None if found else None


def pathspecs(own: str, left_out: Iterable[str]) -> tuple[str, ...]:
    """What names a skill to git: its file, or the folder without what is no part of the skill.

    Args:
        own: the file, or the folder as `.`.
        left_out: files and folders in the folder.
    """
    return (f":(literal){own}", *(f":(exclude,literal){path}" for path in sorted(left_out)))


def _named(file: Path) -> tuple[str, ...] | None:
    """A skill as git names it, from its folder; None outside a repository."""
    root = root_of(file)
    if root is None:
        return pathspecs(file.name, ())
    tracked = _git(file, "ls-files", "-z", "--", ".")
    if tracked is None:
        return None
    paths = filter(None, tracked.split("\0"))
    return pathspecs(".", surroundings_of(root).left_out_of(paths))


def _state(file: Path, status: str) -> Literal["committed", "modified", "untracked"]:
    """Whether a skill differs from the last commit, by the entries of `git status -z`."""
    root = root_of(file)
    above = (_git(file, "rev-parse", "--show-prefix") or "").strip("\n")
    state: Literal["committed", "modified"] = "committed"
    for entry in filter(None, status.split("\0")):
        kind, path = entry[:2], entry[3:].removeprefix(above)
        if path == file.name and kind in _UNTRACKED:
            return "untracked"
        if root is None or surroundings_of(root).why_left_out(path) is None:
            state = "modified"
    return state


def git_environment() -> dict[str, str]:
    """Without what a git hook sets, which names a repository by paths from another folder."""
    of_a_hook = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"}
    kept = {name: value for name, value in os.environ.items() if name not in of_a_hook}
    return {**kept, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}


def _git(file: Path, *arguments: str) -> str | None:
    """What a git command says about a file; None where it fails or takes too long."""
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and our own words but for a file name
            command,
            cwd=file.parent,
            env=git_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace")
