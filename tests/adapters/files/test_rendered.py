"""A skill's folder written out anew."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from skillopt.adapters.files.rendered import folder_name, rendered_skill
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile
from skillopt.errors import SkillError

TEXT = "\ufeff---\r\nname: pdf-forms\r\ndescription: Fills in forms.\r\n---\r\n# Forms\r\n"
FILES = (
    SkillFile(path="scripts/fill.py", data=b"#!/usr/bin/env python\r\n", executable=True),
    SkillFile(path="references/größe/b.md", data="# Größe\n".encode()),
    SkillFile(path="assets/logo.png", data=b"\x89PNG\r\n\x1a\n\0\xff"),
    SkillFile(path="assets/empty", data=b""),
)


def test_every_file_is_there_to_the_byte(tmp_path: Path) -> None:
    skill = Skill(text=TEXT, files=FILES)

    place = rendered_skill(skill, tmp_path / ".claude" / "skills")

    assert place == tmp_path / ".claude" / "skills" / "pdf-forms"
    there = {str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()}
    assert there == {"SKILL.md", *(file.path for file in FILES)}
    assert (place / "SKILL.md").read_bytes() == TEXT.encode()
    for file in FILES:
        assert (place / file.path).read_bytes() == file.data
        assert os.access(place / file.path, os.X_OK) == file.executable


def test_a_second_skill_of_the_name_is_refused(tmp_path: Path) -> None:
    skill = Skill(text=TEXT)
    rendered_skill(skill, tmp_path)

    with pytest.raises(SkillError, match="pdf-forms is there already"):
        rendered_skill(skill, tmp_path)


def test_a_path_that_is_a_file_and_a_folder_is_refused(tmp_path: Path) -> None:
    files = (SkillFile(path="a", data=b""), SkillFile(path="a/b", data=b""))

    with pytest.raises(SkillError, match=r"each of its paths|cannot be written"):
        rendered_skill(Skill(text=TEXT, files=files), tmp_path)


def test_read_only_files_cannot_be_written(tmp_path: Path) -> None:
    place = rendered_skill(Skill(text=TEXT, files=FILES), tmp_path, read_only=True)

    modes = [path.stat().st_mode for path in place.rglob("*") if path.is_file()]
    assert not any(stat.S_IMODE(mode) & 0o222 for mode in modes)
    assert (place / "scripts/fill.py").stat().st_mode & 0o111


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("pdf-forms", "pdf-forms"),
        ("'My Skill'", "My Skill"),
        ("../../etc", "skill"),
        ("'..'", "skill"),
        ("a/b", "skill"),
        (".hidden", "skill"),
        ("42", "skill"),
        ("x" * 300, "skill"),
    ],
)
def test_the_folder_is_named_as_the_skill_where_that_is_safe(name: str, folder: str) -> None:
    assert folder_name(Skill(text=f"---\nname: {name}\n---\n")) == folder
