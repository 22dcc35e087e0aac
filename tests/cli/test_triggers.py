from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from skillopt.cli.main import app
from tests.app.test_triggers import QUERIES


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    said = {"sort-letters": "Sorts letters by desk.", "cook": "Cooks rice."}
    for name, description in said.items():
        (tmp_path / "skills" / name).mkdir(parents=True)
        head = f"---\nname: {name}\ndescription: {description}\n---\nBody\n"
        (tmp_path / "skills" / name / "SKILL.md").write_text(head)
    (tmp_path / "skillopt.toml").write_text("practice = true\n")
    (tmp_path / "sort.json").write_text(json.dumps(QUERIES))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_rates_and_what_goes_wrong(project: Path) -> None:
    call = ["triggers", "skills/sort-letters", "--triggers", "sort.json", "--neighbours", "skills"]
    done = CliRunner().invoke(app, call)
    assert done.exit_code == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "10 of 12 queries trigger as they should (1 run each, beside 1 other skill)" in said
    assert "loaded where it should be: 83.3 %" in said
    assert "missed, 0 of 1 runs: which desk?" in said
    assert "false trigger, 1 of 1 runs: write sorted letters by hand" in said
    as_json = json.loads(CliRunner().invoke(app, [*call, "--json"]).stdout)
    assert len(as_json["queries"]) == 12


def test_a_set_of_one_side_has_one_rate(project: Path) -> None:
    (project / "sort.json").write_text(json.dumps(QUERIES[:5]))
    done = CliRunner().invoke(app, ["triggers", "skills/sort-letters", "--triggers", "sort.json"])
    assert "loaded where it should not be: no such queries" in done.stdout
