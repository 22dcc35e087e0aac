"""What a command is given: read from files or values, merged, and checked before any call."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from skillopt.app.inputs import Inputs, check_roles, is_practice, read_inputs
from skillopt.core.evaluation.checks import Rubric
from skillopt.core.settings import Settings
from skillopt.errors import MissingModelError, SettingsError, SkillError, ValidationSetError
from tests.app.tickets import OLD, project
from tests.scripted import SKILL, tasks

RUBRIC = tasks((Rubric(type="rubric", criteria=("desk",)),))


def test_a_path_brings_its_name_project_tasks_and_settings(tmp_path: Path) -> None:
    folder = project(tmp_path)
    found = read_inputs(folder / "tickets.md", None, {"rounds": 3})
    assert (found.skill.text, found.name) == (OLD, "tickets")
    assert (found.path, found.project) == (folder / "tickets.md", folder)
    assert found.validation_set.name == "tickets"
    assert (found.settings.practice, found.settings.rounds) == (True, 3)


def test_a_value_belongs_to_the_working_directory(tmp_path: Path) -> None:
    found = read_inputs(SKILL, tasks(), {})
    assert (found.skill, found.name, found.path) == (SKILL, "skill", None)
    assert found.project == tmp_path


def test_a_value_needs_its_tasks() -> None:
    with pytest.raises(SettingsError, match="needs a validation_set"):
        read_inputs(SKILL, None, {})


def test_tasks_may_be_a_value_or_a_path(tmp_path: Path) -> None:
    folder = project(tmp_path)
    named = read_inputs(SKILL, str(folder / "validation_sets" / "tickets.yaml"), {})
    assert named.validation_set.name == "tickets"
    given = read_inputs(folder / "tickets.md", tasks(), {})
    assert given.validation_set == tasks()


def test_what_is_missing_is_an_error_of_its_kind(tmp_path: Path) -> None:
    folder = project(tmp_path)
    with pytest.raises(SkillError, match="no such file"):
        read_inputs(folder / "letters.md", None, {})
    with pytest.raises(ValidationSetError):
        read_inputs(folder / "tickets.md", folder / "letters.yaml", {})


def test_arguments_win_over_files_and_files_over_the_header(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "skillopt.toml").write_text("rounds = 5\npatience = 5\n")
    header = {"rounds": 7, "patience": 7, "trials": 7}
    headed = tasks().model_copy(update={"settings": header})
    settings = read_inputs(folder / "tickets.md", headed, {"rounds": 3}).settings
    assert (settings.rounds, settings.patience, settings.trials) == (3, 5, 7)


def test_a_wrong_value_in_the_header_is_named_with_its_place() -> None:
    headed = tasks().model_copy(update={"settings": {"rounds": -1}})
    with pytest.raises(SettingsError, match=r"the header of validation set 'desks': rounds: "):
        read_inputs(SKILL, headed, {})


def test_a_sibling_is_a_path_from_here_or_what_the_ledger_calls_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project(tmp_path)
    for place in ("a/letters", "a/skills/letters"):
        (folder / place).mkdir(parents=True)
        (folder / place / "SKILL.md").write_text("# Letters\n")
    monkeypatch.chdir(folder / "a")

    def siblings(*given: str) -> tuple[str, ...]:
        found = read_inputs(folder / "tickets.md", None, {"siblings": given})
        return found.settings.siblings

    assert siblings("letters", "../a/letters/SKILL.md") == ("./a/letters", "./a/letters")
    assert siblings("skills/letters", "../tickets.md") == ("./a/skills/letters", "./tickets.md")
    assert siblings(str(folder / "a" / "letters")) == ("./a/letters",)
    assert siblings("a/letters", "./gone/letters", "parcels", "") == (
        "a/letters",
        "./gone/letters",
        "parcels",
        "",
    )
    (folder / "skillopt.toml").write_text('practice = true\nsiblings = ["letters"]\n')
    assert siblings() == ()
    found = read_inputs(folder / "tickets.md", None, {})
    assert found.settings.siblings == ("letters",)


def given(tasks_: Any = None, **settings: Any) -> Inputs:
    found = read_inputs(SKILL, tasks_ or tasks(), {})
    return replace(found, settings=Settings(**settings))


MODELS = {"target": "openai/a", "optimizer": "openai/b", "judge": "openai/c"}


@pytest.mark.parametrize("role", ["target", "optimizer"])
def test_each_role_needs_a_model(role: str) -> None:
    models = {name: model for name, model in MODELS.items() if name != role}
    with pytest.raises(MissingModelError, match=f"no model for the {role}; set one with --{role}"):
        check_roles(given(**models))
    assert not check_roles(given(**models), own=frozenset({role}))
    assert not check_roles(given(**models, practice=True))


def test_an_optimizer_is_needed_only_where_edits_are_proposed() -> None:
    assert not check_roles(given(target="openai/a"), proposes=False)


def test_a_judge_is_needed_only_where_there_is_a_rubric() -> None:
    models = {"target": "openai/a", "optimizer": "openai/b"}
    assert not check_roles(given(**models))
    with pytest.raises(MissingModelError, match="--judge"):
        check_roles(given(RUBRIC, **models))


def test_a_command_is_a_target() -> None:
    assert not check_roles(given(target_command="cat", optimizer="openai/b"))


def test_a_target_judges_itself_only_where_that_is_allowed() -> None:
    models = {"target": "openai/a", "optimizer": "openai/b", "judge": "openai/a"}
    with pytest.raises(SettingsError, match=r"'openai/a' is also the target.*--allow-self-judging"):
        check_roles(given(RUBRIC, **models))
    assert check_roles(given(RUBRIC, **models, allow_self_judging=True))
    assert not check_roles(given(**models)), "nobody judges where there is no rubric"
    assert not check_roles(given(RUBRIC, **models), own=frozenset({"judge"}))


def test_one_name_at_two_addresses_is_two_models() -> None:
    models = {"target": "openai/a", "optimizer": "openai/b", "judge": "openai/a"}
    elsewhere = {"judge_api_base": "http://localhost:2/v1"}
    assert not check_roles(given(RUBRIC, **models, **elsewhere))
    with pytest.raises(SettingsError, match="is also the target"):
        check_roles(given(RUBRIC, **models, api_base="http://localhost:2/v1", **elsewhere))


def test_a_practice_run_is_one_whose_target_is_a_practice_model() -> None:
    assert is_practice(Settings(practice=True))
    assert is_practice(Settings(**{**MODELS, "target": "practice/reader"}))
    assert not is_practice(Settings(**{**MODELS, "judge": "practice/judge"}))
    assert not is_practice(Settings(practice=True, target_command="cat"))
    assert not is_practice(Settings(**MODELS))
    assert not is_practice(Settings())
