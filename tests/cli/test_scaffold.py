"""`skillopt init`: a skill and its tasks that run as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.adapters.files.skill_file import read_skill
from skillopt.adapters.files.validation_file import find_validation_set, read_validation_set
from skillopt.app.doctor import check_up
from skillopt.core.skill.skill import Skill
from skillopt.errors import InputError
from tests.cli.commands import ran, said, said_json


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


SKILL = Path("skills/answer-questions/SKILL.md")
TASKS = Path("validation_sets/answer-questions.yaml")


def test_it_says_what_it_wrote_and_what_comes_next() -> None:
    assert said("init", "answer-questions").splitlines() == [
        f"wrote {SKILL}",
        f"wrote {TASKS}",
        "wrote skillopt.toml",
        f"next: skillopt doctor {SKILL}",
    ]


def test_what_it_wrote_is_a_skill_with_tasks_that_is_ready_with_practice_models() -> None:
    said("init", "answer-questions")
    skill = read_skill(SKILL)
    assert (skill.name, skill.warnings) == ("answer-questions", ())
    assert read_validation_set(find_validation_set(SKILL)).name == "answer-questions"
    assert isinstance(skill, Skill)
    assert not check_up(SKILL, given={}).ready
    assert check_up(SKILL, given={"practice": True}).ready


def test_a_folder_of_a_project_keeps_its_settings() -> None:
    Path("pyproject.toml").touch()
    assert said_json("init", "answer-questions") == {"written": [str(SKILL), str(TASKS)]}
    assert not Path("skillopt.toml").exists()


def test_another_folder_may_be_named() -> None:
    said("init", "answer-questions", "--folder", "new/project")
    assert (Path("new/project") / SKILL).exists()
    assert (Path("new/project") / "skillopt.toml").exists()


def test_nothing_is_written_over() -> None:
    taken = TASKS
    taken.parent.mkdir(parents=True)
    taken.write_text("mine")
    result = ran("init", "answer-questions")
    assert isinstance(result.exception, InputError)
    assert f"{taken} exists already; nothing was written" in str(result.exception)
    assert taken.read_text() == "mine"
    assert {path.name for path in Path().rglob("*") if path.is_file()} == {taken.name}


def test_a_skill_that_is_there_gets_its_tasks_and_no_second_skill() -> None:
    SKILL.parent.mkdir(parents=True)
    SKILL.write_text("# Answer\n\nInput: Is it day?\nOutput: yes\n")
    lines = said("init", "answer-questions").splitlines()
    assert lines == [f"wrote {TASKS}", f"next: skillopt doctor {SKILL}"]
    assert SKILL.read_text().startswith("# Answer")
    assert {path.name for path in Path().rglob("*") if path.is_file()} == {SKILL.name, TASKS.name}


@pytest.mark.parametrize("name", ["My Skill", "a_b", "-a", "a--b", "a-", "Ä", "", "a" * 65, "../x"])
def test_a_name_that_cannot_be_one_is_named_with_the_rule(name: str) -> None:
    result = ran("init", "--", name)
    assert isinstance(result.exception, InputError)
    assert f"invalid skill name {name!r}: use lowercase letters" in str(result.exception)
    assert list(Path().iterdir()) == []


def test_the_longest_name_is_a_name() -> None:
    assert ran("init", "a" * 64).exit_code == 0
