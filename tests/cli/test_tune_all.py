"""`skillopt tune-all` as a command."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.app.tuned_library import State, TunedLibrary, TunedSkill
from skillopt.cli.tune_all import exit_code
from skillopt.core.loop_settings import SpendLimits
from skillopt.errors import SettingsError
from tests.cli.commands import ran, said, said_json
from tests.git_project import skills_project, write


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("SKILLOPT_LEDGER", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    made = skills_project(tmp_path / "repo", "first", "second")
    write(made / "skills/bare/SKILL.md", "# Bare\n")
    monkeypatch.chdir(made)
    return made


def test_the_report_is_a_table_markdown_or_an_object(root: Path) -> None:
    lines = said("tune-all", "skills", "--no-write", "--max-calls", "300").splitlines()
    assert " ".join(lines[0].split()) == "SKILL VALIDATION SEALED TEST CALLS ACCEPTED ENDED"
    assert lines[1].split()[:1] == ["skills/bare/SKILL.md"]
    assert lines[1].endswith("left out: no validation set is named after it")
    assert lines[2].startswith("skills/first/SKILL.md   ")
    assert "33.3 % → 100.0 %, +66.7 [" in lines[2]
    assert lines[2].endswith("nothing left to fix")
    assert lines[4].startswith("2 skills tuned, ")
    assert lines[4].endswith(", 1 left out")
    assert lines[5].startswith("spent ")
    again = said_json("tune-all", "skills", "--no-write", "--max-calls", "300")
    assert again["limits"]["max_calls"] == 300
    assert [one["state"] for one in again["skills"]] == ["left out", "tuned", "tuned"]
    assert again["usage"]["calls"] == sum(one["usage"]["calls"] for one in again["skills"])
    shown = said("tune-all", "skills/first", "--no-write", "--markdown", "--rounds", "0")
    assert shown.splitlines()[2].startswith("| skill | validation |")
    assert "| skills/first/SKILL.md | 33.3 % | - | " in shown


def test_a_dry_run_says_the_plan_and_calls_nothing(root: Path) -> None:
    text = " ".join(said("tune-all", "skills", "--dry-run", "--max-calls", "90").split())
    assert text.startswith("2 skills, begun in this order; no call was made skills/")
    assert "skills/first/SKILL.md: 36 calls to measure it and for its sealed test" in text
    assert "left out: skills/bare/SKILL.md: no validation set is named after it" in text
    assert "at most 90 calls (retries not counted); one budget for all: --max-calls 90" in text
    plan = said_json("tune-all", "skills", "--dry-run")
    assert plan["most_calls"] > 90
    assert not (root / ".skillopt").exists()


def test_two_forms_are_one_too_many(root: Path) -> None:
    result = ran("tune-all", "skills", "--json", "--markdown")
    assert isinstance(result.exception, SettingsError)


@pytest.mark.parametrize(
    ("states", "code"),
    [
        (["tuned", "left out", "not begun"], 0),
        (["tuned", "invalid"], 2),
        (["tuned", "waits"], 5),
        (["invalid", "failed", "waits"], 4),
    ],
)
def test_the_exit_code_says_what_is_left_to_do(states: list[State], code: int) -> None:
    skills = tuple(TunedSkill(path=f"{state}.md", state=state) for state in states)
    assert exit_code(TunedLibrary(library=None, limits=SpendLimits(), skills=skills)) == code
