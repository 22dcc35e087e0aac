"""What of a skill goes into a prompt."""

from __future__ import annotations

from skillopt.core.proposals.folder_draft import (
    DescribingDraft,
    DescribingFolderDraft,
    FolderDraft,
)
from skillopt.core.proposals.proposal import Draft
from skillopt.core.skill.edit_scope import LEAST_SCOPE, EditScope
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile
from skillopt.engine.prompts import prompt
from skillopt.engine.shown_skill import (
    draft_shape,
    locked_texts,
    prompts_of_edits,
    prompts_of_files,
    skill_blocks,
)

LOCK = "<!-- skillopt:lock -->\nx\n<!-- skillopt:unlock -->"
LONE = Skill(text=f"# x\n{LOCK}")
FOLDER = Skill(text=LONE.text, files=(SkillFile(path="a.md", data=f"{LOCK}\ny".encode()),))
DESCRIBES = EditScope(description=True)


def test_a_lone_skill_is_its_text() -> None:
    assert skill_blocks(LONE, LEAST_SCOPE) == {"skill": LONE.text}
    assert prompts_of_files(LONE) == prompts_of_edits(LONE, LEAST_SCOPE) == ()
    assert draft_shape(LONE, LEAST_SCOPE) is Draft
    assert locked_texts(LONE) == [LOCK]


def test_a_folder_is_shown_with_its_files() -> None:
    shown = skill_blocks(FOLDER, LEAST_SCOPE)
    assert list(shown) == ["skill", "files"]
    assert shown["skill"] == FOLDER.text
    assert draft_shape(FOLDER, LEAST_SCOPE) is FolderDraft
    assert locked_texts(FOLDER) == [LOCK, LOCK]


def test_the_description_is_asked_for_where_it_may_change() -> None:
    assert draft_shape(LONE, DESCRIBES) is DescribingDraft
    assert draft_shape(FOLDER, DESCRIBES) is DescribingFolderDraft
    assert prompts_of_edits(LONE, DESCRIBES) == ("describe",)
    for name in (*prompts_of_files(FOLDER), *prompts_of_edits(FOLDER, DESCRIBES)):
        assert prompt(name)
