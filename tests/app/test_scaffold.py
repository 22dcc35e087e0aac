"""A new skill with its validation set."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.app.inputs import read_inputs
from skillopt.app.scaffold import create_skill, create_tasks, existing_skill
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


def test_a_skill_that_is_there_gets_tasks_only(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    skill = tmp_path / "skills" / "add" / "SKILL.md"
    skill.parent.mkdir(parents=True)
    text = "---\nname: add\ndescription: Adds.\n---\n\n# Add\n\nInput: 2+2\nOutput: 4\n\n## Signs\n"
    skill.write_text(text)
    assert existing_skill("add", folder=tmp_path) == skill
    assert existing_skill("skills/add/SKILL.md", folder=tmp_path) == skill
    assert existing_skill("other", folder=tmp_path) is None
    (written,) = create_tasks(skill)
    assert written == tmp_path / "validation_sets" / "add.yaml"
    assert skill.read_text() == text
    tasks = read_inputs(skill, None, {}).validation_set.tasks
    assert {task.input: task.expected for task in tasks}["2+2"] == "4"
    assert "finish them" in written.read_text()
    with pytest.raises(InputError, match=r"has its tasks in .*add\.yaml already; nothing was"):
        create_tasks(skill)


def test_evals_of_the_skill_are_to_be_imported(tmp_path: Path) -> None:
    skill = tmp_path / "add" / "SKILL.md"
    (skill.parent / "evals").mkdir(parents=True)
    skill.write_text("# Add\n")
    (skill.parent / "evals" / "evals.json").write_text("{}")
    with pytest.raises(InputError, match=r"`skillopt import-tasks .*evals.json --for .*SKILL.md`"):
        create_tasks(skill)
