"""A skill is named by its file, or by the folder of its SKILL.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.adapters.files.located_skill import located_skill
from skillopt.errors import SkillError


def test_a_skill_by_its_file_or_its_folder(tmp_path: Path) -> None:
    lower, capitals = tmp_path / "skill.md", tmp_path / "SKILL.md"
    lower.write_text("# lower\n")
    assert located_skill(tmp_path) == located_skill(lower) == lower
    capitals.write_text("# capitals\n")
    assert located_skill(tmp_path) == capitals


def test_what_is_no_skill_is_said(tmp_path: Path) -> None:
    with pytest.raises(SkillError, match=r"no SKILL\.md in"):
        located_skill(tmp_path)
    with pytest.raises(SkillError, match="no such file"):
        located_skill(tmp_path / "none.md")
    (tmp_path / "link.md").symlink_to("none.md")
    with pytest.raises(SkillError, match="broken link"):
        located_skill(tmp_path / "link.md")
