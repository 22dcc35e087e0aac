"""What README and docs show of a run with a real model follows from its stored transcript.

The run itself is recorded by hand: `python docs/generate.py --real-model`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from skillopt.adapters.files.skill_file import read_skill
from skillopt.adapters.files.validation_file import find_validation_set, read_validation_set

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))

from pages import transcripts  # noqa: E402
from pages.parts import fences  # noqa: E402

STORED = transcripts.REAL_MODEL.read_text(encoding="utf-8")
FOLDER = ROOT / "skills" / "sort-headlines"
TASKS = read_validation_set(find_validation_set(FOLDER))


def test_the_readme_shows_the_stored_transcript() -> None:
    shown = [fence.text for fence in fences(ROOT / "README.md") if fence.language == "text"]
    assert transcripts.abridged(STORED) in shown


def test_the_transcript_is_of_the_tasks_as_they_are() -> None:
    assert f"on {len(TASKS.split('validation'))} validation tasks" in STORED
    assert f"sealed test on {len(TASKS.split('test'))} tasks" in STORED
    known = {(task.text, str(task.expected)) for task in TASKS.split("train")}
    copied = re.findall(r"^  \+ Text: (.*)\n  \+ Answer: (.*)$", STORED, re.MULTILINE)
    assert copied
    assert set(copied) <= known


def test_the_transcript_ends_with_a_certified_gain() -> None:
    first, last = map(float, re.findall(r"sealed test on .*: ([\d.]+) % → ([\d.]+) %", STORED)[0])
    assert first < last
    assert "certified by the sealed test" in STORED
    assert f"diff skills/{FOLDER.name}/SKILL.md" in STORED
    assert read_skill(FOLDER).name in STORED


def test_a_round_is_shown_by_its_idea_its_first_changes_and_its_verdict() -> None:
    told = (
        "found\nround 1: examples of right answers: "
        + "train-1,\n  train-2, " * 20
        + "\n  @@ -1 +1,5 @@\n    kept\n  +\n  + Text: a\n  + Answer: b\n  +\n  + Text: c\n  + d\n"
        "  → accepted: +1.0 points\nstopped: all rounds done\n"
    )
    shown = transcripts.abridged(told).splitlines()
    assert shown[0] == "found"
    assert shown[1].startswith("round 1: examples of right answers: train-1, train-2")
    assert shown[1].endswith(" …")
    assert len(shown[1]) <= transcripts.WIDTH
    assert "    kept" not in shown
    assert shown[-3:] == ["  …", "  → accepted: +1.0 points", "stopped: all rounds done"]
