"""The versions that `skillopt gate` is given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from skillopt.cli.main import app
from skillopt.errors import InputError, SettingsError
from tests.app.tickets import NEW, OLD
from tests.cli.commands import ran
from tests.git_project import git, skills_project, write

TASKS = ("--tasks", "validation_sets/a.yaml")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("SKILLOPT_LEDGER", raising=False)
    made = skills_project(tmp_path / "repo", "a")
    monkeypatch.chdir(made)
    write(made / "skills/a/SKILL.md", NEW)
    return made


def piped(text: str | bytes, *arguments: str) -> str:
    result = CliRunner().invoke(app, [*arguments, "--json"], input=text)
    assert result.exit_code == 0, (result.output, result.exception)
    outcome: str = json.loads(result.stdout)["outcome"]
    return outcome


def test_the_old_version_from_a_pipe(root: Path) -> None:
    shown = git(root, "show", "main:skills/a/SKILL.md") + "\n"
    assert shown == OLD
    assert piped(shown, "gate", "-", "skills/a") == "accepted"


def test_the_new_version_from_a_pipe_or_from_git(root: Path) -> None:
    assert piped(NEW, "gate", "main:skills/a", "-", *TASKS) == "accepted"
    git(root, "commit", "-qam", "new")
    assert piped("", "gate", "HEAD~1:skills/a", "HEAD:skills/a", *TASKS) == "accepted"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "0 versions given, 2 wanted"),
        (["skills/a"], "1 version given, 2 wanted: skillopt gate OLD NEW, or --base REF SKILL"),
        (["a", "b", "c"], "3 versions given, 2 wanted"),
        (["--base", "main"], "0 versions given, 1 wanted: skillopt gate --base REF SKILL"),
        (["--base", "main", "a", "b"], "2 versions given, 1 wanted"),
        (["--base", "main", "-"], "--base needs the skill's file"),
        (["-", "-"], "only one can be standard input"),
        (["skills/a", "-"], "standard input is empty"),
        (["-", "skills/a"], "standard input is empty"),
        (["skills/a", "main:skills/a"], "NEW is 'main:skills/a', which has no tasks beside it"),
    ],
)
def test_what_cannot_be_compared_is_an_error(root: Path, arguments: list[str], says: str) -> None:
    result = ran("gate", *arguments)
    assert isinstance(result.exception, InputError), result.output
    assert says in str(result.exception)
    assert not (root / ".skillopt").exists()


def test_what_is_piped_and_no_skill_is_an_error(root: Path) -> None:
    result = CliRunner().invoke(app, ["gate", "-", "skills/a"], input=b"\xff\xfe\0")
    assert "standard input: byte 0 is not UTF-8" in str(result.exception)


def test_a_ref_like_an_option_is_a_ref(root: Path) -> None:
    result = ran("gate", "--base", "--upload-pack=touch pwned", "skills/a")
    assert isinstance(result.exception, InputError | SystemExit)
    result = ran("gate", "--base=--output=pwned", "skills/a")
    assert isinstance(result.exception, InputError)
    assert "no commit '--output=pwned'" in str(result.exception)
    assert not (root / "pwned").exists()


def test_a_missing_path_and_tasks_for_nothing(root: Path) -> None:
    result = ran("gate", "main:skills/b", "skills/a")
    assert "has no skill skills/b" in str(result.exception)
    assert not isinstance(result.exception, SettingsError)
