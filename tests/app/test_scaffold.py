"""A new skill with its validation set."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.app.inputs import read_inputs
from skillopt.app.scaffold import create_skill
from skillopt.errors import InputError


def test_the_skill_comes_first_and_all_of_it_can_be_read(tmp_path: Path) -> None:
    files = create_skill("answer-questions", folder=tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in files] == [
        "skills/answer-questions/SKILL.md",
        "validation_sets/answer-questions.yaml",
        "skillopt.toml",
    ]
    found = read_inputs(files[0], None, {})
    assert (found.name, len(found.validation_set.tasks)) == ("answer-questions", 6)
    assert found.project == tmp_path


def test_a_project_keeps_its_settings(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    assert len(create_skill("a", folder=tmp_path)) == 2


@pytest.mark.parametrize("name", ["", "My Skill", "a--b", "-a", "a_b", "ä", "a" * 65, "../x"])
def test_other_names_are_refused_and_nothing_is_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="invalid skill name"):
        create_skill(name, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "validation_sets").mkdir()
    (tmp_path / "validation_sets" / "a.yaml").write_text("mine")
    with pytest.raises(InputError, match="exists already; nothing was written"):
        create_skill("a", folder=tmp_path)
    assert not (tmp_path / "skills").exists()
