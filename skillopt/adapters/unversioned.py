"""Folders that git leaves alone: what a program keeps in a project is none of its sources."""

from __future__ import annotations

from pathlib import Path


def create_unversioned(folder: Path) -> None:
    """Create a folder that git ignores; one that is there stays as it is.

    Raises:
        OSError: it cannot be created.
    """
    if folder.is_dir():
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
