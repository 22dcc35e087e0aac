"""Tags for near-copies: which tasks get which `cluster`, and the edit of their file."""

from __future__ import annotations

from pathlib import Path

from skillopt.adapters.files.cluster_tags import plan_tags
from skillopt.adapters.files.file_edit import FileEdit, write_edit
from skillopt.adapters.files.validation_file import find_validation_set, read_validation_set
from skillopt.core.evaluation.near_copies import cluster_tags
from skillopt.core.value import Value
from skillopt.errors import ValidationSetError

__all__ = ["Tagging", "tagging", "write_edit"]


class Tagging(Value):
    """The tags that a validation set lacks."""

    path: Path
    tags: dict[str, str]
    """Clusters by task id; empty where no near-copies are untagged."""
    edit: FileEdit | None
    """What :func:`skillopt.adapters.files.file_edit.write_edit` writes; None where there is
    nothing to write, or the file is spelled so that only a person can edit it."""


def tagging(skill: Path, *, validation_set: Path | None = None) -> Tagging:
    """Find the near-copies that have no cluster yet, and plan their tags. Nothing is written.

    Raises:
        SkillError, ValidationSetError: there is no validation set, or it cannot be read.
    """
    path = validation_set or find_validation_set(skill)
    found = read_validation_set(path)
    if found.imported:
        raise ValidationSetError(
            "tags are written into a validation set of this program only; write one with "
            "`skillopt import-tasks`",
            path=str(path),
        )
    tags = cluster_tags(found.tasks, found.near_copies)
    return Tagging(path=path, tags=tags, edit=plan_tags(path, tags) if tags else None)
