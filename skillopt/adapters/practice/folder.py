"""A folder for the mentor: read as one text, as the reader reads it, and edited file by file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pydantic import ValidationError

from skillopt.core.skill.edit import Delete, Edit, Insert, Replace
from skillopt.core.skill.file_names import is_reference
from skillopt.core.skill.shown_files import read_shown, shown_to_target
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile

LONGEST_SKILL = 200_000
"""Characters of a prompt's skill that are read."""


class ShownSkill(NamedTuple):
    """A skill as the prompt shows it."""

    folder: Skill
    """With the files that are shown in full."""
    whole: Skill
    """All of it as one text, as a target reads it."""


def shown_skill(data: Mapping[str, str]) -> ShownSkill:
    """The skill in the blocks of a prompt."""
    files = [
        SkillFile(path=path, data=text.encode("utf-8", "replace"))
        for path, text in read_shown(data.get("files", "")).items()
        if is_reference(path)
    ]
    text = data.get("skill", "")[:LONGEST_SKILL]
    try:
        folder = Skill(text=text, files=tuple(files))
    except ValidationError:
        folder = Skill(text=text)
    return ShownSkill(folder, Skill(text=shown_to_target(folder)))


def in_files(edits: tuple[Edit, ...], skill: Skill) -> tuple[Edit, ...] | None:
    """Edits of the whole text as edits of its files; None where an anchor is in no single one."""
    if not skill.files:
        return edits
    found = [_in_file(edit, skill) for edit in edits]
    placed = tuple(edit for edit in found if edit)
    return placed if len(placed) == len(edits) else None


def _in_file(edit: Edit, skill: Skill) -> Edit | None:
    if not isinstance(edit, Insert | Replace | Delete):
        return edit
    if not edit.anchor:
        return edit  # the end of the whole is told as the end of the SKILL.md
    holding = [path for path, text in skill.documents.items() if edit.anchor in text.text]
    return edit.model_copy(update={"file": holding[0]}) if len(holding) == 1 else None
