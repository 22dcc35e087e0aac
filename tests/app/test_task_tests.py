"""Validation tasks as tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import skillopt
from skillopt.app.evaluate import TaskResult
from skillopt.app.task_tests import Known, TaskTests, read_task_tests, run_task_tests, task_verdict
from skillopt.errors import InputError, SettingsError
from tests.app.tickets import NEW, OLD
from tests.git_project import WORSE, git, skills_project, write

KNOWN = Known(skill=skillopt.Skill(text="x"), told="the accepted version")
SCORE = st.floats(0, 1)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("SKILLOPT_LEDGER", raising=False)
    made = skills_project(tmp_path / "repo", "a")
    monkeypatch.chdir(made)
    return made


def result(score: float | None, other: float | None = None) -> TaskResult:
    return TaskResult(task="t", score=score, other=other, runs=1, seconds=0, faults=("why",))


@given(score=SCORE, other=SCORE)
def test_a_task_fails_exactly_where_it_scores_lower_than_before(score: float, other: float) -> None:
    kind = task_verdict(result(score, other), KNOWN).kind
    assert (kind == "regression") == (score < other)
    assert (kind == "passed") == (score >= other and score == 1)


@given(score=SCORE)
def test_without_an_accepted_version_it_fails_where_it_is_not_fully_met(score: float) -> None:
    for known, other in ((None, None), (None, 0.0), (KNOWN, None)):
        kind = task_verdict(result(score, other), known).kind
        assert kind == ("passed" if score == 1 else "failed")


def test_the_verdict_names_the_version_and_why() -> None:
    assert task_verdict(result(0.25, 1), KNOWN).told == (
        "regression against the accepted version: score 1.00 -> 0.25\n\nwhy"
    )
    missing = task_verdict(result(None), KNOWN)
    assert (missing.kind, missing.told) == ("missing", "no result\nwhy")


def test_the_accepted_version_is_the_ledgers_last(root: Path) -> None:
    assert read_task_tests(Path("skills/a")).known is None, "there is no ledger yet"
    assert not (root / ".skillopt").exists()
    write(root / "skills/a/SKILL.md", NEW)
    assert skillopt.gate("main:skills/a", "skills/a").outcome == "accepted"
    write(root / "skills/a/SKILL.md", WORSE)
    assert skillopt.gate("main:skills/a", "skills/a").outcome == "rejected"
    tests = read_task_tests(Path("skills/a"))
    assert tests.known is not None
    assert tests.known.skill.text == NEW
    assert tests.known.told.startswith("the accepted version ")


def test_a_base_comes_from_git_and_a_new_skill_has_none(root: Path) -> None:
    write(root / "skills/a/SKILL.md", NEW)
    known = read_task_tests(Path("skills/a"), base="main").known
    assert known is not None
    assert (known.skill.text, known.told[:14]) == (OLD, "main (version ")
    git(root, "checkout", "-q", "--orphan", "empty")
    git(root, "rm", "-rqf", "--cached", ".")
    git(root, "commit", "-q", "--allow-empty", "-m", "empty")
    assert read_task_tests(Path("skills/a"), base="empty").known is None
    with pytest.raises(InputError, match="no commit 'gone'"):
        read_task_tests(Path("skills/a"), base="gone")
    with pytest.raises(SettingsError):
        read_task_tests(Path("skills/a"), no_such=1)


def test_only_the_wanted_tasks_are_run(root: Path) -> None:
    write(root / "skills/a/SKILL.md", NEW)
    tests: TaskTests = read_task_tests(Path("skills/a"), base="main", max_calls=6)
    assert len(tests.tasks) == 24
    wanted = tests.tasks[:3]
    found = run_task_tests(tests, wanted)
    assert tuple(found) == wanted
    assert all(one.score is not None and one.other is not None for one in found.values())
