"""`pytest --skillopt SKILL`, as it is run."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

import skillopt
from tests.app.tickets import NEW, OLD
from tests.git_project import skills_project, ticket_tasks, write

ROOT = Path(__file__).parent.parent
BROKEN = NEW.replace('- When it mentions "password", answer `access`.\n', "")


class Ran(NamedTuple):
    """A run of pytest inside this one."""

    code: int
    out: str

    @property
    def counts(self) -> dict[str, int]:
        """The numbers of the last line."""
        last = self.out.splitlines()[-1].partition(" in ")[0]
        return {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", last)}


PLUGIN = ("-p", "no:cacheprovider", "--import-mode=importlib", "-p", "skillopt.pytest_plugin")


@pytest.fixture
def run_pytest(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ran]:
    """Run pytest with this plugin and no others, in this process: it loads nothing again."""
    for name in [name for name in os.environ if name.startswith("PYTEST_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str) -> Ran:
        capsys.readouterr()
        code = pytest.main([*PLUGIN, "--capture=no", *arguments])
        found = capsys.readouterr()
        return Ran(int(code), found.out + found.err)

    return run


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


def test_regressions_against_the_accepted_version_fail_and_are_named(
    project: Path, run_pytest: Callable[..., Ran]
) -> None:
    done = run_pytest("--skillopt", "skills/a", "--junitxml", "j.xml")
    assert done.code == 1, done.out
    assert done.counts == {"failed": 3, "passed": 6}
    assert "test_own.py" not in done.out
    assert "skillopt: 3 regressions" in done.out
    named = r"^skills/a/SKILL\.md::validation-1: regression against the accepted version \w{12} "
    assert re.search(named, done.out, re.MULTILINE)
    assert "Traceback" not in done.out
    assert 'name="skillopt" value="regression against ' in (project / "j.xml").read_text()


def test_with_xdist_every_task_is_run_once_and_others_beside_it(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    command = [sys.executable, "-m", "pytest", *PLUGIN, "-p", "xdist.plugin", "-n", "2"]
    command += ["--skillopt", "skills/a/SKILL.md", ".", "--skillopt-max-calls", "9"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    ran = Ran(done.returncode, done.stdout)
    assert ran.counts == {"failed": 3, "passed": 7}, done.stdout + done.stderr
    assert "skillopt: 3 regressions" in done.stdout


def test_a_selection_runs_no_other_task(project: Path, run_pytest: Callable[..., Ran]) -> None:
    one = "skills/a/SKILL.md::validation-0"
    done = run_pytest("--skillopt", "skills/a", one, "--skillopt-max-calls", "1")
    assert done.counts == {"passed": 1}, done.out
    done = run_pytest("--skillopt", "skills/a", "-k", "validation-1", "--skillopt-max-calls", "1")
    assert done.counts == {"failed": 1, "deselected": 8}, done.out


def test_against_git_what_failed_before_is_expected_to_fail(
    project: Path, run_pytest: Callable[..., Ran]
) -> None:
    write(project / "skills/a/SKILL.md", OLD + "\nBe brief.\n")
    done = run_pytest("--skillopt", "skills/a", "--skillopt-base", "main", "-m", "skillopt")
    assert done.code == 0, done.out
    assert done.counts == {"passed": 3, "xfailed": 6}


def test_a_limit_fails_every_task_without_a_traceback(
    project: Path, run_pytest: Callable[..., Ran]
) -> None:
    done = run_pytest("--skillopt", "skills/a", "--skillopt-max-calls", "0")
    assert done.code == 1
    assert "max_calls = 0 leaves no room" in done.out
    assert "Traceback" not in done.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--skillopt", "gone.md"), "--skillopt: no such file"),
        (("--skillopt", "skills/a", "--skillopt-base", "gone"), "no commit 'gone'"),
    ],
)
def test_bad_input_is_one_message(
    project: Path, run_pytest: Callable[..., Ran], arguments: tuple[str, ...], says: str
) -> None:
    done = run_pytest(*arguments)
    assert done.code not in {0, 1}
    assert says in done.out
    assert "Traceback" not in done.out


def test_other_runs_are_as_they_were(project: Path, run_pytest: Callable[..., Ran]) -> None:
    done = run_pytest()
    assert (done.code, done.counts) == (0, {"passed": 1})


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
