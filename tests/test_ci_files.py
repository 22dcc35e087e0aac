"""The GitHub Action and the pre-commit hook: what their documentation asks for, and their scripts run.

GitHub's metadata syntax reference (docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax,
November 2026) and pre-commit's "Creating new hooks" (pre-commit.com/#new-hooks).
"""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from skillopt.cli.gate_comment import MARK
from skillopt.cli.main import app
from tests.git_project import git, pull_request

ROOT = Path(__file__).parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / ".github/actions/gate/action.yml").read_text())
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
SCRIPTS = {step["name"]: step["run"] for step in STEPS if "run" in step}


def test_the_action_has_what_github_asks_for() -> None:
    assert {"name", "description", "runs"} <= ACTION.keys()
    assert ACTION.keys() <= {
        "name",
        "author",
        "description",
        "inputs",
        "outputs",
        "runs",
        "branding",
    }
    assert ACTION["runs"]["using"] == "composite"
    for name, given in ACTION["inputs"].items():
        assert re.fullmatch(r"[a-z_][a-z0-9_-]*", name)
        assert given.keys() == {"description", "required", "default"}
        assert isinstance(given["default"], str)
        assert isinstance(given["required"], bool)
    for given in ACTION["outputs"].values():
        assert given.keys() == {"description", "value"}
    ids = {step["id"] for step in STEPS if "id" in step}
    assert set(re.findall(r"steps\.([\w-]+)\.", json.dumps(ACTION))) <= ids


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.get("name", step.get("uses")))
def test_a_step_runs_a_script_in_a_named_shell_or_uses_a_version(step: dict[str, Any]) -> None:
    assert ("run" in step) != ("uses" in step)
    if "uses" in step:
        assert re.fullmatch(r"[\w.-]+/[\w.-]+@v\d+", step["uses"])
        return
    assert step["shell"] == "bash"
    assert step.keys() <= {"name", "id", "if", "shell", "env", "run", "working-directory"}
    assert "${{" not in step["run"], "an expression inside of a script is code"
    used = set(re.findall(r"inputs\.([\w-]+)", json.dumps(step)))
    assert used <= ACTION["inputs"].keys()


def test_every_input_is_used() -> None:
    assert set(re.findall(r"inputs\.([\w-]+)", json.dumps(STEPS))) == ACTION["inputs"].keys()


def script(name: str, folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A step's script, as a runner calls it, with stand-ins for the programs it calls."""
    file = folder / "step.sh"
    file.write_text(SCRIPTS[name])
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(file)],
        cwd=folder,
        env={"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", **env},
        capture_output=True,
        text=True,
        check=False,
    )


def stand_in(path: Path, text: str) -> None:
    """An executable script that logs its arguments, one a line, then does ``text``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/bash\nprintf "%s\\n" "$@" >> "$LOG"\n{text}\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def gate_step(folder: Path, *, exits: int = 0, **env: str) -> tuple[list[str], dict[str, str]]:
    """The arguments that `skillopt` gets, and the step's outputs."""
    stand_in(folder / "skillopt/bin/skillopt", f"echo '# comment'; exit {exits}")
    named = {"RUNNER_TEMP": folder, "LOG": folder / "log"}
    named |= {"GITHUB_OUTPUT": folder / "out", "GITHUB_STEP_SUMMARY": folder / "summary"}
    empty = {"BASE": "", "PATHS": "", "OPTIONS": "", "MAX_CALLS": "", "JUNIT": ""}
    files = {name: str(path) for name, path in named.items()}
    done = script(
        "Test the changed skills", folder, {**empty, **files, "GITHUB_BASE_REF": "main", **env}
    )
    assert done.returncode == 0, done.stderr
    outputs = dict(line.split("=", 1) for line in (folder / "out").read_text().splitlines())
    assert (folder / "summary").read_text() == "# comment\n"
    return (folder / "log").read_text().splitlines(), outputs


def test_the_gates_script_passes_inputs_on_as_words(tmp_path: Path) -> None:
    asked, outputs = gate_step(tmp_path, exits=3)
    assert asked == ["gate", "--changed", "--markdown", "--base=origin/main", "--"]
    assert outputs["exit-code"] == "3"
    assert Path(outputs["comment-file"]).read_text() == "# comment\n"


def test_an_event_without_a_base_says_which_input_names_one(tmp_path: Path) -> None:
    env = {"BASE": "", "GITHUB_BASE_REF": "", "RUNNER_TEMP": str(tmp_path)}
    done = script("Test the changed skills", tmp_path, env)
    assert done.returncode == 2
    assert done.stdout.startswith("::error::only a pull request says")


def test_hostile_inputs_stay_words(tmp_path: Path) -> None:
    hostile = "$(touch pwned) `touch pwned`; touch pwned; \" ' *"
    asked, _ = gate_step(
        tmp_path,
        BASE=hostile,
        PATHS=f"{hostile}\n--max-calls=9\n",
        OPTIONS="--seed\n3\n",
        MAX_CALLS="50",
        JUNIT="a b.xml",
    )
    assert asked == [
        *("gate", "--changed", "--markdown", "--seed", "3", "--max-calls=50", "--junit=a b.xml"),
        *(f"--base={hostile}", "--", hostile, "--max-calls=9"),
    ]
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize(("id_", "method"), [("", "POST"), ("17", "PATCH")])
def test_the_comment_is_written_once_and_then_edited(tmp_path: Path, id_: str, method: str) -> None:
    stand_in(tmp_path / "bin/gh", f'case "$*" in *--paginate*) printf "%s" "{id_}";; esac')
    (tmp_path / "c.md").write_text(f"{MARK}\nhello\n")
    env = {"LOG": str(tmp_path / "log"), "COMMENT": str(tmp_path / "c.md"), "NUMBER": "5"}
    done = script("Comment", tmp_path, {**env, "GH_TOKEN": "x", "GITHUB_REPOSITORY": "o/r"})
    assert done.returncode == 0, done.stderr
    log = (tmp_path / "log").read_text()
    assert method in log.splitlines()
    assert f"body=@{tmp_path / 'c.md'}" in log
    assert ("repos/o/r/issues/comments/17" in log) == bool(id_)
    assert MARK in SCRIPTS["Comment"]


@pytest.mark.parametrize("when", ["--paginate", "--method"])
def test_a_comment_that_cannot_be_written_does_not_hide_the_verdict(
    tmp_path: Path, when: str
) -> None:
    stand_in(tmp_path / "bin/gh", f'case "$*" in *{when}*) echo "HTTP 403" >&2; exit 1;; esac')
    (tmp_path / "c.md").write_text(f"{MARK}\nhello\n")
    env = {"LOG": str(tmp_path / "log"), "COMMENT": str(tmp_path / "c.md"), "NUMBER": "5"}
    done = script("Comment", tmp_path, {**env, "GH_TOKEN": "x", "GITHUB_REPOSITORY": "o/r"})
    assert done.returncode == 0
    assert done.stdout.startswith("::warning::no comment was written")
    assert ("--method" in (tmp_path / "log").read_text()) == (when == "--method")


@pytest.mark.parametrize("left", ["empty", "no step"])
def test_where_the_gate_could_not_run_the_comment_says_so(tmp_path: Path, left: str) -> None:
    stand_in(tmp_path / "bin/gh", 'case "$*" in *--paginate*) printf "17";; esac')
    (tmp_path / "c.md").write_text("")
    env = {"LOG": str(tmp_path / "log"), "NUMBER": "5", "GH_TOKEN": "x", "GITHUB_REPOSITORY": "o/r"}
    env |= {"COMMENT": str(tmp_path / "c.md") if left == "empty" else ""}
    done = script("Comment", tmp_path, {**env, "RUNNER_TEMP": str(tmp_path)})
    assert (done.returncode, done.stderr) == (0, "")
    log = (tmp_path / "log").read_text()
    assert "repos/o/r/issues/comments/17" in log
    assert f"body=@{tmp_path / 'skillopt-comment.md'}" in log
    said = (tmp_path / "skillopt-comment.md").read_text()
    assert said.startswith(f"{MARK}\n## skillopt gate: failed\n")
    comment = next(step for step in STEPS if step.get("name") == "Comment")
    assert "!cancelled()" in comment["if"], "it is run after a step that failed"


@pytest.mark.parametrize(
    ("status", "allow", "code"),
    [("0", "false", 0), ("1", "true", 1), ("3", "false", 3), ("3", "true", 0), ("4", "true", 4)],
)
def test_the_verdict_is_the_jobs(tmp_path: Path, status: str, allow: str, code: int) -> None:
    assert script("Verdict", tmp_path, {"STATUS": status, "ALLOW": allow}).returncode == code


HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())


def test_the_hooks_have_what_pre_commit_asks_for() -> None:
    for hook in HOOKS:
        assert {"id", "name", "entry", "language"} <= hook.keys()
        assert set(hook["stages"]) <= {"pre-commit", "pre-push", "manual"}
        assert re.search(hook["files"], "skills/a/SKILL.md")
        assert re.search(hook["files"], "skills/a/scripts/run.py")
        assert not re.search(hook["files"], "src/run.py")


def test_pre_commit_itself_takes_the_hooks() -> None:
    clientlib = pytest.importorskip("pre_commit.clientlib", reason="pre-commit is not installed")
    assert clientlib.load_manifest(str(ROOT / ".pre-commit-hooks.yaml"))


def test_the_hooks_command_runs_on_the_files_of_a_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = pull_request(tmp_path / "repo")
    monkeypatch.chdir(root)
    monkeypatch.delenv("SKILLOPT_LEDGER", raising=False)
    git(root, "reset", "-q", "--soft", "main")
    words = HOOKS[0]["entry"].split()[1:]
    result = CliRunner().invoke(app, [*words, "skills/worse/SKILL.md"])
    assert result.exit_code == 1, result.output
    assert "rejected: " in result.output
    git(root, "commit", "-qm", "more")
    result = CliRunner().invoke(app, [*words, "skills/worse/SKILL.md"])
    assert (result.exit_code, result.output[:28]) == (0, "no skill has changed since H")
