"""The difference between two versions, as a unified diff."""

from __future__ import annotations

from hypothesis import given

from skillopt.core.skill.diff import skill_diff
from skillopt.core.skill.skill import Skill
from tests.core.texts import skills

OLD = Skill(text="# Top\n\n- one\n- two\n- three\n\nend\n")
NEW = Skill(text="# Top\n\n- one\n- 2\n- three\n\nend\n")


def test_a_change_with_the_lines_around_it() -> None:
    assert skill_diff(OLD, NEW) == ("@@ -3,3 +3,3 @@", " - one", "-- two", "+- 2", " - three")


def test_more_or_less_context() -> None:
    assert len(skill_diff(OLD, NEW, context=0)) == 3
    assert len(skill_diff(OLD, NEW, context=9)) == 9


def test_named_versions_have_two_lines_of_their_own() -> None:
    lines = skill_diff(OLD, NEW, names=("1f0c", "SKILL.md"))
    assert lines[:2] == ("--- 1f0c", "+++ SKILL.md")
    assert lines[2:] == skill_diff(OLD, NEW)


@given(skills)
def test_equal_texts_have_no_difference(skill: Skill) -> None:
    assert skill_diff(skill, skill, names=("a", "b")) == ()


@given(skills, skills)
def test_the_lines_add_up(before: Skill, after: Skill) -> None:
    lines = skill_diff(before, after, context=0)
    gone = sum(line.startswith("-") for line in lines)
    came = sum(line.startswith("+") for line in lines)
    counts = len(after.text.splitlines()) - len(before.text.splitlines())
    assert came - gone == counts
