"""A project with a validation set and two candidates for it."""

from __future__ import annotations

from pathlib import Path

from skillopt.adapters.files.candidates_file import no_candidates
from skillopt.adapters.files.file_edit import write_edit
from skillopt.core.mining.candidate import Candidate

FILE = "validation_sets/desk.candidates.yaml"
SET = """\
checks:
  - {type: exact}
tasks:
  - id: a
    split: train
    input: Is it one?
    expected: "yes"
  - id: b
    split: validation
    input: Is it two?
    expected: "no"
"""
FIRE = Candidate(
    id="fire",
    split="validation",
    input="Is the printer on fire?",
    recorded="RECORDED-LONG-AGO",
    source="log.jsonl:1",
)
ICE = Candidate(id="ice", split="test", input="Is ice warm?", source="log.jsonl:2")


def a_project(folder: Path, *candidates: Candidate) -> Path:
    """Make it; returns the validation set's path."""
    sets = folder / "validation_sets"
    sets.mkdir(parents=True)
    (folder / "skillopt.toml").touch()
    tasks = sets / "desk.yaml"
    tasks.write_text(SET, encoding="utf-8")
    write_edit(no_candidates(folder / FILE, tasks).edit(candidates or (FIRE, ICE)))
    return tasks
