"""What is missing before a skill can be tuned, and how to fix it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from skillopt.app.doctor import Checkup, check_up
from tests.app.tickets import project
from tests.cli.commands import skillopt_here

GATED = ("gate", "tickets.md", "new.md", "--tasks", "validation_sets/tickets.yaml")


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.endswith("_API_KEY")]:
        monkeypatch.delenv(name)


def said(found: Checkup) -> dict[str, list[str]]:
    """Level and text by what it is about."""
    by_subject: dict[str, list[str]] = {}
    for finding in found.findings:
        by_subject.setdefault(finding.about, []).append(f"{finding.level}: {finding.says}")
    return by_subject


def mended(found: Checkup, about: str) -> str:
    return next(one.mend or "" for one in found.findings if one.about == about and one.mend)


def test_a_project_that_is_ready(tmp_path: Path) -> None:
    folder = project(tmp_path)
    found = check_up(folder / "tickets.md", given={})
    assert found.ready
    told = said(found)
    assert list(told) == [
        "skill",
        "files",
        "validation set",
        "target",
        "optimizer",
        "judge",
        "power",
    ]
    assert told["validation set"] == ["good: tickets: 51 tasks (9 train, 24 validation, 18 test)"]
    assert told["target"] == ["good: practice/reader (offline practice model)"]
    assert not (folder / ".skillopt").exists(), "doctor writes nothing"


def test_without_a_skill_nothing_else_is_looked_at(tmp_path: Path) -> None:
    found = check_up(tmp_path / "letters" / "SKILL.md", given={})
    assert not found.ready
    assert list(said(found)) == ["skill"]
    assert mended(found, "skill") == "skillopt init letters"


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        ("---\nname: letters\ndescription: d\n---\n# L\n", []),
        (
            "---\nname: words\ndescription: d\n---\n# W\n",
            ["warning: `name` is 'words', and the skill's"],
        ),
        ("# Letters\n", ["warning: no front matter"]),
        (
            "\n---\nname: letters\ndescription: a: b\n---\n# L\n",
            [
                "warning: a blank line stands before",
                "warning: front matter is not valid YAML (line 4)",
            ],
        ),
    ],
)
def test_the_formats_rules_are_warnings(tmp_path: Path, text: str, warnings: list[str]) -> None:
    folder = project(tmp_path)
    (folder / "letters").mkdir()
    (folder / "letters" / "SKILL.md").write_text(text)
    tasks = folder / "validation_sets" / "tickets.yaml"
    found = check_up(folder / "letters", validation_set=tasks, given={})
    assert found.ready, "what breaks a rule of the format can be tuned"
    told = said(found)["skill"][1:]
    assert len(told) == len(warnings)
    for says, start in zip(told, warnings, strict=True):
        assert says.startswith(start)


def test_without_tasks_the_skill_is_still_described(tmp_path: Path) -> None:
    (tmp_path / "letters.md").write_text("# Letters\n")
    found = check_up(tmp_path / "letters.md", given={})
    told = said(found)
    assert told["skill"][0].endswith("letters.md: 10 characters, 1 headings")
    assert told["validation set"][0].startswith("missing: ")
    assert "validation_sets/letters.yaml" in mended(found, "validation set")


def test_a_validation_set_that_cannot_be_read_is_not_to_be_written_anew(tmp_path: Path) -> None:
    skill = tmp_path / "letters.md"
    skill.write_text("# Letters\n")
    (tmp_path / "letters.yaml").write_text("tasks: [\n")
    found = check_up(skill, given={})
    (fault,) = [finding for finding in found.findings if finding.level == "missing"]
    assert fault.about == "validation set"
    assert fault.mend is None


def test_a_wrong_setting_is_named_with_its_place(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "skillopt.toml").write_text("rounds = -1\n")
    found = check_up(folder / "tickets.md", given={"practice": True})
    assert not found.ready
    (problem,) = said(found)["settings"]
    assert "skillopt.toml: rounds: " in problem


def test_a_floor_above_its_ceiling_is_a_wrong_setting(tmp_path: Path) -> None:
    found = check_up(project(tmp_path) / "tickets.md", given={"min_edits": 9})
    assert "min_edits is 9" in said(found)["settings"][0]


def test_roles_without_a_model_are_named(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "skillopt.toml").write_text("")
    found = check_up(folder / "tickets.md", given={})
    assert not found.ready
    assert said(found)["models"][0].startswith("missing: no model for the target")
    assert mended(found, "models") == "add --practice, or name models"


def test_a_key_that_is_not_set_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = project(tmp_path)
    given = {"target": "openai/gpt-4o-mini"}
    found = check_up(folder / "tickets.md", given=given)
    assert not found.ready
    assert said(found)["target"] == ["missing: openai/gpt-4o-mini: OPENAI_API_KEY is not set"]
    assert mended(found, "target") == "export OPENAI_API_KEY=..."
    local = check_up(folder / "tickets.md", given={**given, "api_base": "http://localhost:1"})
    assert local.ready, "an endpoint of one's own may need no key"
    beside = {**given, "optimizer_api_base": "http://localhost:1"}
    assert not check_up(folder / "tickets.md", given=beside).ready, "it is the optimizer's"
    monkeypatch.setenv("OPENAI_API_KEY", "set")
    assert check_up(folder / "tickets.md", given=given).ready


def test_an_address_in_the_environment_needs_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project(tmp_path)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:1/v1")
    found = check_up(folder / "tickets.md", given={"target": "openai/m"})
    assert found.ready
    assert said(found)["target"] == ["good: openai/m at http://localhost:1/v1"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"target": "nosuch/model"}, "unknown LiteLLM provider"),
        ({"target": "mistral_typo"}, "unknown LiteLLM provider"),
        ({"target": "deepseek/deepseek-chat"}, "set DEEPSEEK_API_KEY"),
        ({"target": "openai/m", "target_api_base": "localhost:1"}, "does not start with http"),
        ({"target": "openai/m", "target_api_base": "http://a", "max_cost": 1.0}, "needs a price"),
    ],
    ids=["no provider", "no prefix", "no key", "no scheme", "no price"],
)
def test_a_model_that_cannot_be_called_is_missing(
    tmp_path: Path, given: dict[str, Any], says: str
) -> None:
    found = check_up(project(tmp_path) / "tickets.md", given=given, call=True)
    assert not found.ready
    (told,) = said(found)["target"]
    assert told.startswith("missing: ")
    assert says in told
    assert "call of the target" not in said(found)


def test_a_ledger_that_cannot_be_read_is_a_warning(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / ".skillopt").mkdir()
    (folder / ".skillopt" / "ledger.db").write_text("no database at all, but quite some text")
    found = check_up(folder / "tickets.md", given={})
    assert found.ready
    assert said(found)["ledger"][0].startswith("warning: ")


def test_doctor_tells_looks_and_openings(tmp_path: Path) -> None:
    folder = project(tmp_path)
    before = skillopt_here("doctor", "tickets.md", cwd=folder).stdout
    assert "looked at" not in before
    assert not (folder / ".skillopt").exists(), "doctor writes nothing"
    assert skillopt_here(*GATED, cwd=folder).returncode == 0
    looked = skillopt_here("doctor", "tickets.md", cwd=folder).stdout
    assert "each validation task has scored 2.0 skill versions on average (max 2;" in looked
    assert "opened before" not in looked
    spent = skillopt_here("eval", "tickets.md", "--split", "test", cwd=folder)
    assert "warning: the test tasks are used up now" in spent.stderr
    opened = skillopt_here("doctor", "tickets.md", cwd=folder)
    assert opened.returncode == 0
    assert "sealed test: already used by" in opened.stdout
    assert "--reopen-sealed" in opened.stdout


def test_a_call_that_fails_is_missing_and_one_that_nobody_asks_for_is_not_made(
    tmp_path: Path,
) -> None:
    folder = project(tmp_path)
    nobody = {"target": "openai/t", "target_api_base": "http://127.0.0.1:1/v1", "max_attempts": 1}
    assert check_up(folder / "tickets.md", given=nobody).ready
    found = check_up(folder / "tickets.md", given=nobody, call=True)
    assert not found.ready
    (says,) = said(found)["call of the target"]
    assert "connection failed" in says
    assert found.health == (), "practice models are not called"


def test_a_call_that_cannot_be_written_is_found_without_making_it(tmp_path: Path) -> None:
    folder = project(tmp_path)
    plain = {"target": "text-completion-openai/m", "api_base": "http://127.0.0.1:9/v1"}
    for given, role, says in (
        ({**plain, "target_template": "{input}"}, "target", "no place for the skill"),
        ({**plain, "target_template": "{skill}"}, "target", "no place for the task"),
        ({"optimizer": "openai/m", "optimizer_params": {"tools": []}}, "optimizer", "'tools'"),
    ):
        found = check_up(folder / "tickets.md", given=given)
        assert not found.ready
        (told,) = said(found)[role]
        assert told.startswith("missing: ")
        assert says in told


@pytest.mark.parametrize("text", ["", "\ufeff\n \n", "---\nname: tickets\ndescription: d\n---\n"])
def test_a_skill_without_instructions_is_a_warning(tmp_path: Path, text: str) -> None:
    folder = project(tmp_path)
    (folder / "tickets.md").write_text(text)
    told = [one.says for one in check_up(folder / "tickets.md", given={}).findings]
    assert "it has no instructions yet" in told


def test_patterns_that_nobody_puts_into_words_are_a_warning(tmp_path: Path) -> None:
    (tmp_path / "s.md").write_text("# S\n", encoding="utf-8")
    tasks = (
        "checks: [{{type: regex, pattern: x{says}}}]\ntasks:\n"
        "  - {{id: a, split: train, input: one}}\n"
        "  - {{id: b, split: validation, input: two}}\n"
        "  - {{id: c, split: test, input: three}}\n"
    )
    (tmp_path / "s.yaml").write_text(tasks.format(says=""), encoding="utf-8")
    found = check_up(tmp_path / "s.md", given={})
    [warning] = said(found)["checks"]
    assert warning.startswith("warning: 1 train task has a `regex` check without `says`: ")
    (tmp_path / "s.yaml").write_text(tasks.format(says=", says: an x"), encoding="utf-8")
    assert "checks" not in said(check_up(tmp_path / "s.md", given={}))


def test_a_split_without_tasks_is_a_warning(tmp_path: Path) -> None:
    folder = project(tmp_path)
    tasks = folder / "validation_sets" / "tickets.yaml"
    for empty in ("test", "validation"):
        tasks.write_text(tasks.read_text().replace(f'"split": "{empty}"', '"split": "train"'))
        told = said(check_up(folder / "tickets.md", given={}))["validation set"]
        assert any(f"`{empty}`" in line and line.startswith("missing") for line in told)
