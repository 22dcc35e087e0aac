"""What git knows of a file: nothing without git or outside a repository, and never an error."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Literal

from skillopt.core.history.hand_edit import FileOrigin

PATIENCE = 5.0
"""Seconds that git has for an answer."""
_FORMAT = "%H%x00%an <%ae>%x00%aI"
_STATES: dict[str, Literal["untracked", "committed"]] = {"??": "untracked", "!!": "untracked"}


def file_origin(path: Path, *, project: Path) -> FileOrigin:
    """A file's path and, where it is in a git repository, its last commit and its state.

    Args:
        path: the file; symbolic links are followed.
        project: the folder that paths within it are shown from.
    """
    file = path.resolve()
    inside = file.is_relative_to(project.resolve())
    shown = str(file.relative_to(project.resolve()) if inside else file)
    status = _git(file, "status", "--porcelain", "--ignored", "--", file.name)
    if status is None:
        return FileOrigin(path=shown)
    state = _STATES.get(status[:2], "modified") if status.strip() else "committed"
    last = _git(file, "log", "-1", "--no-show-signature", f"--format={_FORMAT}", "--", file.name)
    commit, author, committed = (last.strip().split("\0") if last else []) or (None, None, None)
    return FileOrigin(path=shown, commit=commit, author=author, committed=committed, state=state)


def user_name(folder: Path) -> str | None:
    """Git's `user.name` in a folder; None where there is none."""
    found = _git(folder / "any", "config", "user.name")
    return found.strip() or None if found else None


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
