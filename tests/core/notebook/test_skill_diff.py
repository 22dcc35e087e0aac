from __future__ import annotations

from skillopt.core.notebook.skill_diff import SkillDiff, diff_title
from skillopt.core.skill.skill import Skill
from tests.html_reading import seen

BEFORE = Skill(text="# A\n\n- one\n- two\n")


def test_its_text_is_a_unified_diff_and_its_html_shows_it() -> None:
    diff = SkillDiff(before=BEFORE, after=Skill(text="# A\n\n- one\n- <b>three\n- four\n"))
    assert str(diff) == "@@ -3,2 +3,3 @@\n - one\n-- two\n+- <b>three\n+- four"
    shown = seen(diff._repr_html_())
    assert shown.text.startswith("Diff: 2 lines added, 1 deleted")
    assert "- <b>three" in shown.text
    assert "b" not in shown.elements


def test_equal_versions_have_none() -> None:
    diff = SkillDiff(before=BEFORE, after=BEFORE)
    assert str(diff) == ""
    assert seen(diff._repr_html_()).text == "No difference"


def test_names_of_files_are_no_lines() -> None:
    assert diff_title(("--- a", "+++ b", "@@", "+x")) == "Diff: 1 line added, 0 deleted"
