"""The results of an evaluation for skill-creator's viewer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from skillopt.app.evaluate import evaluate_skill
from skillopt.app.job import read_job
from skillopt.app.scaffold import create_skill
from skillopt.app.sync import wait_for
from skillopt.errors import InputError


def test_both_sides_of_an_evaluation(tmp_path: Path) -> None:
    skill, *_ = create_skill("answer-questions", folder=tmp_path)
    out = tmp_path / "benchmark.json"
    out.write_text("earlier")
    job = read_job(skill, practice=True)
    wait_for(evaluate_skill(job, against="none", benchmark=out), instead="it")
    found = json.loads(out.read_text())
    assert found["metadata"]["skill_name"] == "answer-questions"
    assert [run["configuration"] for run in found["runs"]] == ["with_skill"] * 2 + [
        "without_skill"
    ] * 2
    assert all(run["result"]["tokens"] > 0 for run in found["runs"])
    assert found["run_summary"]["with_skill"]["tokens"]["mean"] > 0
    assert found["notes"] == []
    wait_for(evaluate_skill(job, against=skill, benchmark=out), instead="it")
    assert json.loads(out.read_text())["notes"] == [
        f"without_skill is no run without a skill here: it is {skill}"
    ]


def test_a_file_that_cannot_be_written_is_found_before_any_call(tmp_path: Path) -> None:
    skill, *_ = create_skill("answer-questions", folder=tmp_path)
    running = evaluate_skill(read_job(skill, practice=True), benchmark=tmp_path / "no" / "b.json")
    with pytest.raises(InputError, match="name a file in a folder that is there"):
        wait_for(running, instead="it")
    assert not (tmp_path / ".skillopt").exists()
