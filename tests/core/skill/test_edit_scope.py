"""What edits may touch."""

from __future__ import annotations

import pytest

from skillopt.core.skill.edit import Create, Delete, Describe, Edit, MisfitReason, Remove
from skillopt.core.skill.edit_scope import LEAST_SCOPE, EditScope, out_of_scope
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile

LONE = Skill(text="# x\n")
FOLDER = Skill(text="# x\n", files=(SkillFile(path="a.md", data=b"x"),))
SCRIPTS = EditScope(patterns=("scripts/*.py",))


@pytest.mark.parametrize(
    ("skill", "edit", "scope", "is_in"),
    [
        (LONE, Delete(anchor="x"), LEAST_SCOPE, True),
        (LONE, Create(file="a.md", text="x"), LEAST_SCOPE, False),
        (LONE, Describe(text="x"), LEAST_SCOPE, False),
        (LONE, Describe(text="x"), EditScope(description=True), True),
        (LONE, Create(file="a.md", text="x"), EditScope(folder=True), True),
        (FOLDER, Create(file="b.md", text="x"), LEAST_SCOPE, True),
        (FOLDER, Remove(file="a.md"), LEAST_SCOPE, True),
        (FOLDER, Delete(anchor="x", file="a.md"), LEAST_SCOPE, True),
        (FOLDER, Delete(anchor="x", file="scripts/a.py"), LEAST_SCOPE, False),
        (FOLDER, Delete(anchor="x", file="scripts/a.py"), SCRIPTS, True),
        (FOLDER, Create(file="scripts/b.sh", text="x"), SCRIPTS, False),
        (FOLDER, Remove(file="LICENSE.txt"), LEAST_SCOPE, False),
    ],
)
def test_scope(skill: Skill, edit: Edit, scope: EditScope, *, is_in: bool) -> None:
    found = out_of_scope(skill, [Delete(anchor="y"), edit], scope)
    assert (found is None) is is_in
    if found:
        assert (found.reason, found.edit) == (MisfitReason.NOT_EDITABLE, 1)
