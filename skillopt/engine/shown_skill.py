"""How a skill is shown to the optimizer: its SKILL.md, and the files beside it where it has any."""

from __future__ import annotations

from skillopt.core.proposals.folder_draft import (
    DescribingDraft,
    DescribingFolderDraft,
    FolderDraft,
)
from skillopt.core.proposals.proposal import Draft
from skillopt.core.skill.edit_scope import LEAST_SCOPE, EditScope
from skillopt.core.skill.shown_files import shown_to_optimizer
from skillopt.core.skill.skill import Skill


def skill_blocks(skill: Skill, scope: EditScope) -> dict[str, str]:
    """The skill's blocks; only a folder has `files`: a lone skill's prompt stays what it was."""
    files = {"files": shown_to_optimizer(skill, scope)} if is_folder(skill, scope) else {}
    return {"skill": skill.text, **files}


def is_folder(skill: Skill, scope: EditScope) -> bool:
    """Whether it has files, or had them when the run started."""
    return bool(skill.files) or scope.folder


def prompts_of_files(skill: Skill, scope: EditScope = LEAST_SCOPE) -> tuple[str, ...]:
    """The prompts that say what the further block is."""
    return ("files",) if is_folder(skill, scope) else ()


def prompts_of_edits(skill: Skill, scope: EditScope) -> tuple[str, ...]:
    """The prompts that say what edits there are beyond those of a lone skill."""
    told = (("file_edits", is_folder(skill, scope)), ("describe", scope.description))
    return tuple(name for name, is_so in told if is_so)


def draft_shape(skill: Skill, scope: EditScope) -> type[Draft]:
    """The shape that a proposal is asked for in."""
    if is_folder(skill, scope):
        return DescribingFolderDraft if scope.description else FolderDraft
    return DescribingDraft if scope.description else Draft


def locked_texts(skill: Skill) -> list[str]:
    """The locked texts of all its files."""
    return [text for document in skill.documents.values() for text in document.locked_texts]
