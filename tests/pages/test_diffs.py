"""Side-by-side diffs as fragments."""

from __future__ import annotations

from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile
from skillopt.pages import diff_html


def test_words_that_changed_are_marked_and_all_text_is_escaped() -> None:
    found = diff_html(Skill(text="ask the <b>\n"), Skill(text="ask a <b>\n"))
    assert "ask <del>the</del> &lt;b&gt;" in found
    assert "ask <ins>a</ins> &lt;b&gt;" in found
    assert "<b>" not in found


def test_each_file_has_a_table_and_its_path_is_escaped() -> None:
    path = 'a"><img src=x onerror=alert(1)>.md'
    before = Skill(text="x\n", files=(SkillFile(path="data.bin", data=b"\0"),))
    after = Skill(text="x\n", files=(SkillFile(path=path, data=b"new\n"),))
    found = diff_html(before, after)
    assert "<img" not in found
    assert found.count("<figure") == 2
    assert "no text that can be compared" in found
    assert "new file" in found


def test_equal_versions_are_said_to_be_equal() -> None:
    assert "equal" in diff_html(Skill(text="x"), Skill(text="x"))
