"""`--events` and `--report-to` on the command line."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.scripted import ROOT, skillopt_process

SKILL = "skills/changelog-lines/SKILL.md"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("skills", "validation_sets"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "skillopt.toml").touch()
    return tmp_path


def ran(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return skillopt_process("eval", SKILL, "--practice", *arguments, cwd=project)


def test_an_evaluation_appends_its_events(project: Path) -> None:
    done = ran(project, "--events", "events.jsonl", "--json")
    assert done.returncode == 0, done.stderr
    mean = json.loads(done.stdout)["score"]["mean"]
    lines = (project / "events.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    assert {(event["schema"], event["run"]) for event in events[1:]} == {(1, "evaluations")}
    assert "run_started" in [event["event"] for event in events[:3]]
    (score,) = [event for event in events if event["event"] == "score_measured"]
    assert score["score"] == mean
    assert events[-1]["event"] == "run_ended"
    rollouts = [event for event in events if event["event"] == "rollout_done"]
    assert all(event["task"] and event["split"] == "validation" for event in rollouts)
    assert len(rollouts) == score["tasks"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--events", "-"], "standard output, which holds the result; name a file"),
        (["--events", "nowhere/events.jsonl"], "no such folder: nowhere; make it"),
        (["--report-to", "jaeger"], "'jaeger'; choose from otel, mlflow, wandb"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_called(
    project: Path, arguments: list[str], says: str
) -> None:
    done = ran(project, *arguments)
    assert done.returncode == 2
    assert says in " ".join(done.stderr.split())
    assert not (project / ".skillopt").exists()
