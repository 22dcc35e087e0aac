"""Limits that cannot be kept are said before the run, with the flag that raises them."""

from __future__ import annotations

import pytest

from skillopt.core.limits import limit_warnings
from skillopt.core.settings import Settings
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile
from tests.scripted import tasks


@pytest.mark.parametrize("size", [1, 19_999, 20_000, 20_001, 120_000])
def test_without_a_limit_any_skill_has_room(size: int) -> None:
    assert limit_warnings(Skill(text="x" * size), tasks(), Settings()) == ()


@pytest.mark.parametrize(("size", "warns"), [(20_001, True), (20_000, True), (19_999, False)])
def test_a_set_limit_below_the_skill_is_said(size: int, *, warns: bool) -> None:
    settings = Settings(max_skill_chars=20_000)
    told = limit_warnings(Skill(text="x" * size), tasks(), settings)
    assert [f"{size:,}" in text and "--max-skill-chars" in text for text in told] == [True] * warns


def test_too_few_calls_for_the_first_version_are_said() -> None:
    needed = len(tasks().split("validation"))
    (told,) = limit_warnings(Skill(text="x"), tasks(), Settings(max_calls=needed - 1))
    assert f"max_calls is {needed - 1}" in told
    assert "--max-calls" in told
    assert limit_warnings(Skill(text="x"), tasks(), Settings(max_calls=needed)) == ()


def test_a_pattern_that_opens_no_file_is_said() -> None:
    script = SkillFile(path="scripts/run.py", data=b"print(1)\n")
    folder = Skill(text="x", files=(script,))
    settings = Settings(edits=("scripts/*.py", "*.py"))
    (told,) = limit_warnings(folder, tasks(), settings)
    assert told.startswith("--edit '*.py' matches no text file")
    assert len(limit_warnings(Skill(text="x"), tasks(), settings)) == 2
