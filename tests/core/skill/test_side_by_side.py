"""Two versions side by side."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.skill.side_by_side import side_by_side, text_rows
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile

LINES = st.lists(st.sampled_from(["a", "b", "a b", "c d e", ""]), max_size=12).map("\n".join)


@given(before=LINES, after=LINES)
def test_both_texts_can_be_read_off_the_rows(before: str, after: str) -> None:
    rows = [*text_rows(before, after, context=99)]
    if before.splitlines() == after.splitlines():
        assert rows == []
        return
    assert [row.before.text for row in rows if row.before] == before.splitlines()
    assert [row.after.text for row in rows if row.after] == after.splitlines()


@given(before=LINES, after=LINES)
def test_every_line_is_shown_or_counted(before: str, after: str) -> None:
    rows = [*text_rows(before, after, context=1)]
    shown = sum(row.before is not None for row in rows) + sum(row.left_out for row in rows)
    assert shown == (len(before.splitlines()) if rows else 0)


def test_lines_with_little_in_common_are_changed_as_a_whole() -> None:
    [row] = text_rows("alpha beta gamma", "one two")
    assert row.before is not None
    assert [piece.changed for piece in row.before.pieces] == [True]


def test_a_file_that_is_no_text_is_named() -> None:
    before = Skill(text="x", files=(SkillFile(path="a.bin", data=b"\0"),))
    after = Skill(text="x", files=(SkillFile(path="a.bin", data=b"\0\0"),))
    assert [(file.path, file.kind) for file in side_by_side(before, after)] == [
        ("a.bin", "not text")
    ]


def test_only_the_mode() -> None:
    before = Skill(text="x", files=(SkillFile(path="run.sh", data=b"x"),))
    after = Skill(text="x", files=(SkillFile(path="run.sh", data=b"x", executable=True),))
    assert [file.kind for file in side_by_side(before, after)] == ["mode"]
