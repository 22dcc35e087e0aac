"""`skillopt gate --changed`, as a pull request's check runs it."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from skillopt.errors import InputError, SettingsError
from tests.cli.commands import ran, said, said_json
from tests.git_project import commit, git, pull_request, skills_project, write


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("SKILLOPT_LEDGER", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    made = pull_request(tmp_path / "repo")
    monkeypatch.chdir(made)
    return made


def test_two_changed_skills_have_a_verdict_each_and_the_worst_is_the_exit_code(root: Path) -> None:
    lines = said("gate", "--changed", "--base", "main", "--junit", "j.xml", exits=1).splitlines()
    assert lines[0] == "skills/better/SKILL.md:"
    assert lines[1].startswith("  accepted: ")
    assert "skills/worse/SKILL.md:" in lines
    base = git(root, "rev-parse", "main")[:12]
    assert lines[-1] == f"2 skills tested against main ({base}), the worst verdict is rejected"
    suites = ET.parse(root / "j.xml").getroot().findall("testsuite")
    assert [(one.attrib["name"], one.attrib["failures"] != "0") for one in suites] == [
        ("skills/better/SKILL.md", False),
        ("skills/worse/SKILL.md", True),
    ]
    found = said_json("gate", "--changed", "--base", "main", exits=1)
    assert found["outcome"] == "rejected"
    assert [one["gated"]["outcome"] for one in found["skills"]] == ["accepted", "rejected"]
    assert [one["gated"]["usage"]["calls"] for one in found["skills"]] == [0, 0]
    better = said_json("gate", "--changed", "--base", "main", "skills/better")
    assert [one["path"] for one in better["skills"]] == ["skills/better/SKILL.md"]
    comment = said("gate", "--changed", "--base", "main", "--markdown", exits=1)
    assert comment.startswith("<!-- skillopt gate -->\n## skillopt gate: rejected, against main")
    assert comment.count("### skillopt gate: ") == 2
    assert "| skills/better/SKILL.md | **accepted** | +" in comment


def test_a_comment_says_where_there_is_no_verdict(root: Path) -> None:
    tasks = root / "validation_sets/better.yaml"
    tasks.write_text(tasks.read_text(encoding="utf-8").replace('"checks"', '"@everyone"', 1))
    result = ran("gate", "--changed", "--base", "main", "--markdown")
    assert isinstance(result.exception, InputError)
    assert result.stdout.startswith("<!-- skillopt gate -->\n## skillopt gate: failed\n\n")
    assert "better.yaml:1: unknown field '&#64;everyone'" in result.stdout
    assert "There is no verdict on the skills as they are now" in result.stdout
    assert not ran("gate", "--changed", "--base", "main").stdout


def test_one_skill_against_a_ref(root: Path) -> None:
    assert said_json("gate", "--base", "main", "skills/better")["outcome"] == "accepted"
    assert said_json("gate", "--base", "main", "skills/worse/SKILL.md", exits=1)["outcome"]
    again = said_json("gate", "main:skills/better", "skills/better")
    assert (again["outcome"], again["usage"]["calls"]) == ("accepted", 0)


def test_nothing_changed_is_said_and_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(skills_project(tmp_path / "repo", "a"))
    assert said("gate", "--changed", "--base", "main").startswith("no skill has changed since main")
    assert said_json("gate", "--changed", "--base", "main")["skills"] == []
    comment = said("gate", "--changed", "--base", "main", "--markdown")
    assert "no skill has changed since main" in comment


def test_what_is_skipped_is_said_in_every_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = skills_project(tmp_path / "repo", "a")
    monkeypatch.chdir(root)
    write(root / "skills/new/SKILL.md", "# New\n")
    commit(root)
    git(root, "checkout", "-q", "-b", "feature")
    git(root, "rm", "-rq", "skills/a")
    for form in ([], ["--markdown"], ["--json"]):
        told = said("gate", "--changed", "--base", "main", *form)
        assert "skills/a/SKILL.md" in told
        assert "deleted" in told


def test_a_limit_for_all_of_them_is_exit_code_4(root: Path) -> None:
    told = said("gate", "--changed", "--base", "main", "--max-calls", "3", exits=4)
    assert "skills/better/SKILL.md: failed: max_calls = 3 leaves no room" in told
    assert "skills/worse/SKILL.md: failed: not tested after the failure before it" in told


def test_changed_needs_a_ref(root: Path) -> None:
    result = ran("gate", "--changed")
    assert isinstance(result.exception, SettingsError)
    assert "--changed needs --base REF" in str(result.exception)


def test_ledgers_of_jobs_are_merged_and_nothing_is_paid_again(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two jobs side by side, each with a checkout and a ledger of its own, as a file artefact."""
    exports = []
    for name in ("better", "worse"):
        job = tmp_path / f"job-{name}"
        git(tmp_path, "clone", "-q", "--branch", "feature", str(root), str(job))
        monkeypatch.chdir(job)
        exits = 0 if name == "better" else 1
        found = said_json(
            "gate", "--changed", "--base", "origin/main", f"skills/{name}", exits=exits
        )
        assert found["skills"][0]["gated"]["usage"]["calls"] > 0
        exports.append(tmp_path / f"{name}.jsonl")
        said("ledger", "export", "--out", exports[-1])
    monkeypatch.chdir(root)
    for export in (*exports, exports[0]):
        said("ledger", "import", export)
    said("ledger", "verify")
    found = said_json("gate", "--changed", "--base", "main", exits=1)
    assert [one["gated"]["usage"]["calls"] for one in found["skills"]] == [0, 0]
