"""What of a skill the edits of a run may touch, by its settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from skillopt.core.skill.edit import Create, Describe, Edit, Misfit, MisfitReason, Remove
from skillopt.core.skill.file_names import may_be_edited
from skillopt.core.skill.skill import Skill


class EditScope(NamedTuple):
    """What edits may touch beyond the SKILL.md's body and the references."""

    patterns: tuple[str, ...] = ()
    """Further text files, by glob patterns: `scripts/*.py`."""
    description: bool = False
    """The front matter's `description`."""
    folder: bool = False
    """The run started from a folder: a new file may be its only one."""


LEAST_SCOPE = EditScope()


def out_of_scope(skill: Skill, edits: Sequence[Edit], scope: EditScope) -> Misfit | None:
    """The first of ``edits`` that touches what it may not, or None."""
    for index, edit in enumerate(edits):
        detail = _complaint(skill, edit, scope)
        if detail:
            return Misfit(reason=MisfitReason.NOT_EDITABLE, detail=detail, edit=index)
    return None


def _complaint(skill: Skill, edit: Edit, scope: EditScope) -> str | None:
    if isinstance(edit, Describe) and not scope.description:
        return "the description stays as it is, unless `tune_description` is set"
    if isinstance(edit, Create | Remove) and not (skill.files or scope.folder):
        return "the skill is a single file; none is created beside it"
    if not may_be_edited(edit.file, scope.patterns):
        return (
            f"{edit.file} may not be edited; texts such as `references/terms.md` may be, and what "
            "`--edit` names"
        )
    return None
