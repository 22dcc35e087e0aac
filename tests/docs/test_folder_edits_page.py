"""The page on edits of folders: its example prints what it says, its tables name what there is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from skillopt.core.skill.edit import MisfitReason
from skillopt.core.skill.edit_budget import MOST_FILES
from skillopt.core.skill.file_names import LONGEST_PATH, TEXT
from skillopt.core.skill.shown_files import MOST_LISTED, ROOM_FOR_OPTIMIZER, ROOM_FOR_TARGET

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))

from pages.parts import fences  # noqa: E402

PAGE = ROOT / "docs" / "folder-edits.md"


def test_the_example_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = (fence.text for fence in fences(PAGE) if fence.language in ("python", "text"))
    exec(compile(code, PAGE.name, "exec"), {})
    assert capsys.readouterr().out == printed


def test_the_tables_name_what_there_is() -> None:
    page = PAGE.read_text(encoding="utf-8")
    new = ("file_", "bad_path", "not_editable", "broken_link", "too_many_files", "bad_description")
    reasons = [reason.value for reason in MisfitReason if reason.value.startswith(new)]
    assert len(reasons) == 7
    for said in (*TEXT, *reasons):
        assert f"`{said}`" in page
    for number in (MOST_FILES, LONGEST_PATH, MOST_LISTED):
        assert f"{number}" in page
    for number in (ROOM_FOR_OPTIMIZER, ROOM_FOR_TARGET):
        assert f"{number:,}" in page
