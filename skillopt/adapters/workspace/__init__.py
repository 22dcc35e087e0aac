"""Workspaces: the folder that an agent works in, from its task's files to what it has left."""

from __future__ import annotations

from skillopt.adapters.workspace.changes import Snapshot, changes, snapshot
from skillopt.adapters.workspace.making import Workspaces, made_repository, written_files
from skillopt.adapters.workspace.reading import read_file

__all__ = [
    "Snapshot",
    "Workspaces",
    "changes",
    "made_repository",
    "read_file",
    "snapshot",
    "written_files",
]
