"""The sample skills and their validation sets are whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.adapters.files.skill_file import read_skill
from skillopt.adapters.files.validation_file import find_validation_set, read_validation_set
from skillopt.core.evaluation.task import SPLITS

ROOT = Path(__file__).resolve().parents[2]
SKILLS = sorted(path.parent for path in (ROOT / "skills").glob("*/SKILL.md"))
REAL = "sort-headlines"
"""The sample for a real model; see `test_sort_headlines.py`."""


def test_there_are_three() -> None:
    assert len(SKILLS) >= 3
    assert {path.stem for path in (ROOT / "validation_sets").glob("*.yaml")} >= {
        path.name for path in SKILLS
    }


@pytest.mark.parametrize("folder", SKILLS, ids=lambda path: path.name)
def test_a_sample_is_whole(folder: Path) -> None:
    skill = read_skill(folder)
    assert skill.name == folder.name
    assert skill.warnings == ()
    tasks = read_validation_set(find_validation_set(folder))
    assert tasks.name == folder.name
    assert len(tasks.tasks) >= 160
    assert tasks.criteria


@pytest.mark.parametrize(
    "folder", [one for one in SKILLS if one.name != REAL], ids=lambda path: path.name
)
def test_practice_models_are_the_others_default(folder: Path) -> None:
    tasks = read_validation_set(find_validation_set(folder))
    assert tasks.settings["target"] == "practice/reader"
    shares = [len(tasks.split(split)) / len(tasks.tasks) for split in SPLITS]
    assert shares == pytest.approx([0.25, 0.45, 0.30], abs=0.05)
