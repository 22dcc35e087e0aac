"""The page on CI: its examples parse, and its commands run."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from skillopt.cli.main import app
from tests.git_project import git, repository
from tests.test_ci_files import ACTION, HOOKS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "ci.md"
sys.path.insert(0, str(ROOT / "docs"))

from pages.parts import fences  # noqa: E402


def examples(language: str) -> list[str]:
    return [fence.text for fence in fences(PAGE) if fence.language == language]


def test_the_workflow_uses_inputs_that_the_action_has() -> None:
    workflow = yaml.safe_load(examples("yaml")[0])
    (job,) = workflow["jobs"].values()
    checkout, gate = job["steps"]
    assert checkout["with"]["fetch-depth"] == 0
    assert job["permissions"]["pull-requests"] == "write"
    assert gate["uses"].partition("@")[0].endswith("/.github/actions/gate")
    assert gate["with"].keys() <= ACTION["inputs"].keys()


def test_the_page_names_every_input_and_output() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w-]+)` \|", text, re.MULTILINE)
    assert set(rows) == ACTION["inputs"].keys()
    assert all(f"`{name}`" in text for name in ACTION["outputs"])


def test_the_pre_commit_example_names_a_hook() -> None:
    config = yaml.safe_load(examples("yaml")[1])
    (named,) = config["repos"][0]["hooks"]
    assert named["id"] in {hook["id"] for hook in HOOKS}


def test_the_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    upstream = tmp_path / "upstream"
    for part in ("skills", "validation_sets"):
        shutil.copytree(ROOT / part, upstream / part)
    (upstream / "skillopt.toml").write_text("practice = true\n")
    repository(upstream)
    git(tmp_path, "clone", "-q", str(upstream), "here")
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.delenv("SKILLOPT_LEDGER", raising=False)
    with Path("skills/triage-support-tickets/SKILL.md").open("a", encoding="utf-8") as skill:
        skill.write("\nBe brief.\n")
    for script in examples("sh"):
        for line in script.splitlines():
            result = CliRunner().invoke(app, shlex.split(line.removeprefix("skillopt ")))
            assert result.exit_code in {0, 1, 3}, (line, result.output, result.exception)
    assert Path("gate.xml").exists()
