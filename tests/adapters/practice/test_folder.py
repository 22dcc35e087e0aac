"""A folder as the mentor reads and edits it."""

from __future__ import annotations

from skillopt.adapters.practice.folder import in_files, shown_skill
from skillopt.core.skill.edit import Create, Delete, Insert
from skillopt.core.skill.edit_scope import LEAST_SCOPE
from skillopt.core.skill.shown_files import shown_to_optimizer, shown_to_target
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile

FOLDER = Skill(
    text="# x\n\n- one\n- both\n",
    files=(SkillFile(path="a.md", data=b"- two\n- both\n"),),
)


def test_it_reads_what_the_target_reads() -> None:
    files = shown_to_optimizer(FOLDER, LEAST_SCOPE)
    folder, whole = shown_skill({"skill": FOLDER.text, "files": files})
    assert folder == FOLDER
    assert whole.text == shown_to_target(FOLDER)


def test_what_is_no_folder_is_a_lone_skill() -> None:
    rows = '[{"file": "../a.md", "chars": 1, "shown": true}]\n\n=== ../a.md ===\nx'
    for data in ({"skill": "# x\n"}, {"skill": "# x\n", "files": "?"}):
        assert shown_skill(data) == (Skill(text="# x\n"), Skill(text="# x\n"))
    assert shown_skill({"skill": "x", "files": rows}).folder == Skill(text="x")


def test_edits_find_their_files() -> None:
    lone = (Delete(anchor="- two"),)
    assert in_files(lone, Skill(text="- two")) == lone
    assert in_files(lone, FOLDER) == (Delete(anchor="- two", file="a.md"),)
    assert in_files((Delete(anchor="- one"),), FOLDER) == (Delete(anchor="- one"),)
    end = Insert(anchor="", text="x")
    made = Create(file="b.md", text="x")
    assert in_files((end, made), FOLDER) == (end, made)
    assert in_files((Delete(anchor="- both"),), FOLDER) is None
    assert in_files((Delete(anchor="=== a.md"),), FOLDER) is None
