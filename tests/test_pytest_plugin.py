"""`pytest --skillopt SKILL`, as it is run."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import skillopt
from tests.app.tickets import NEW, OLD
from tests.git_project import skills_project, ticket_tasks, write

ROOT = Path(__file__).parent.parent
BROKEN = NEW.replace('- When it mentions "password", answer `access`.\n', "")


def run_pytest(
    folder: Path, *arguments: str, xdist: bool = False
) -> subprocess.CompletedProcess[str]:
    """A pytest of its own, with this plugin and no others but xdist."""
    plugins = ["-p", "skillopt.pytest_plugin", *(["-p", "xdist.plugin"] if xdist else [])]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    kept.pop("SKILLOPT_LEDGER", None)
    env = {**kept, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *plugins, *arguments],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def counts(done: subprocess.CompletedProcess[str]) -> dict[str, int]:
    """The numbers of the last line."""
    return {
        word: int(number)
        for number, word in re.findall(
            r"(\d+) (\w+)", done.stdout.splitlines()[-1].partition(" in ")[0]
        )
    }


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A skill with an accepted version, and a later one that has lost a rule."""
    monkeypatch.delenv("SKILLOPT_LEDGER", raising=False)
    root = skills_project(tmp_path / "repo", "a")
    monkeypatch.chdir(root)
    write(root / "validation_sets/a.yaml", ticket_tasks("a", validation=9))
    write(root / "test_own.py", "def test_own():\n    pass\n")
    write(root / "skills/a/SKILL.md", NEW)
    assert skillopt.gate("main:skills/a", "skills/a", alpha=0.4).outcome == "accepted"
    write(root / "skills/a/SKILL.md", BROKEN)
    return root


def test_regressions_against_the_accepted_version_fail_and_are_named(project: Path) -> None:
    done = run_pytest(project, "--skillopt", "skills/a", "--junitxml", "j.xml")
    assert done.returncode == 1, done.stdout + done.stderr
    assert counts(done) == {"failed": 3, "passed": 6}
    assert "test_own.py" not in done.stdout
    assert "skillopt: 3 regressions" in done.stdout
    named = r"^skills/a/SKILL\.md::validation-1: regression against the accepted version \w{12} "
    assert re.search(named, done.stdout, re.MULTILINE)
    assert "Traceback" not in done.stdout
    assert 'name="skillopt" value="regression against ' in (project / "j.xml").read_text()


def test_with_xdist_every_task_is_run_once_and_others_beside_it(project: Path) -> None:
    done = run_pytest(
        project, "--skillopt", "skills/a/SKILL.md", ".", "-n", "2", "--skillopt-max-calls", "9", xdist=True
    )  # fmt: skip
    assert counts(done) == {"failed": 3, "passed": 7}, done.stdout + done.stderr
    assert "skillopt: 3 regressions" in done.stdout


def test_a_selection_runs_no_other_task(project: Path) -> None:
    one = "skills/a/SKILL.md::validation-0"
    done = run_pytest(project, "--skillopt", "skills/a", one, "--skillopt-max-calls", "1")
    assert counts(done) == {"passed": 1}, done.stdout
    done = run_pytest(
        project, "--skillopt", "skills/a", "-k", "validation-1", "--skillopt-max-calls", "1"
    )
    assert counts(done) == {"failed": 1, "deselected": 8}, done.stdout


def test_against_git_what_failed_before_is_expected_to_fail(project: Path) -> None:
    write(project / "skills/a/SKILL.md", OLD + "\nBe brief.\n")
    done = run_pytest(
        project, "--skillopt", "skills/a", "--skillopt-base", "main", "-m", "skillopt"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert counts(done) == {"passed": 3, "xfailed": 6}


def test_a_limit_fails_every_task_without_a_traceback(project: Path) -> None:
    done = run_pytest(project, "--skillopt", "skills/a", "--skillopt-max-calls", "0")
    assert done.returncode == 1
    assert "max_calls = 0 leaves no room" in done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--skillopt", "gone.md"), "--skillopt: no such file"),
        (("--skillopt", "skills/a", "--skillopt-base", "gone"), "no commit 'gone'"),
    ],
)
def test_bad_input_is_one_message(project: Path, arguments: tuple[str, ...], says: str) -> None:
    done = run_pytest(project, *arguments)
    assert done.returncode not in {0, 1}
    assert says in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_other_runs_are_as_they_were(project: Path) -> None:
    done = run_pytest(project)
    assert (done.returncode, counts(done)) == (0, {"passed": 1})


def test_loading_the_plugin_loads_nothing_else() -> None:
    script = (
        "import sys, pytest\nbefore = set(sys.modules)\nimport skillopt.pytest_plugin\n"
        "print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert ast.literal_eval(done.stdout) == ["skillopt", "skillopt.pytest_plugin"]


def test_the_entry_point_names_the_plugin() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"skillopt": "skillopt.pytest_plugin"}
