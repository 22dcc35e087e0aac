"""`skillopt export-tasks`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands import ran, said, said_json


def test_what_is_written_and_what_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said("init", "answer-questions")
    skill = Path("skills/answer-questions")
    assert said("export-tasks", skill, "--out", "a.yaml") == "wrote a.yaml: 6 tests\n"
    found = said_json("export-tasks", skill, "--out", "b.yaml")
    assert found == {"written": "b.yaml", "tests": 6, "refused": {}}
    tasks = Path("validation_sets/answer-questions.yaml")
    tasks.write_text(tasks.read_text().replace("type: exact,", "type: exact, ignore_case: true,"))
    result = ran("export-tasks", skill, "--out", "c.yaml")
    assert "left out: `exact` checks that promptfoo has no assertion for (6)" in (
        " ".join(result.stderr.split())
    )
