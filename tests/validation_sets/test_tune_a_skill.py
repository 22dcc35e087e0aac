"""The skill that teaches an agent to use skillopt, its tasks and its triggers."""

from __future__ import annotations

import importlib.util
import json
import re
from collections import Counter
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.files.skill_file import read_skill
from skillopt.adapters.files.validation_file import read_validation_set
from skillopt.core.evaluation.task import SPLITS

ROOT = Path(__file__).resolve().parents[2]
SETS = ROOT / "validation_sets"
FOLDER = ROOT / "skills" / "tune-a-skill"
TASKS = read_validation_set(SETS / "tune-a-skill.yaml")


def _checks() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tune_checks", SETS / "tune_checks.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CHECKS = _checks()
TASK = SimpleNamespace(expected={"next": "add-tasks", "claim": "not-shown"})


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("add-tasks: not-shown", (1.0, 1.0)),
        ("  add-tasks: not-shown\n", (1.0, 1.0)),
        ("add-tasks: improved", (1.0, 0.0)),
        ("ship: not-shown", (0.0, 1.0)),
        ("add-tasks: not-shown\nThe reason is chance.", (0.0, 0.0)),
        ("add-tasks, not-shown", (0.0, 0.0)),
        ("", (0.0, 0.0)),
    ],
)
def test_each_half_is_checked_alone(answer: str, right: tuple[float, float]) -> None:
    assert (CHECKS.next_step(answer, TASK)[0], CHECKS.claim(answer, TASK)[0]) == right


@given(st.text(), st.none() | st.text() | st.dictionaries(st.text(), st.integers()))
def test_no_check_raises(answer: str, expected: Any) -> None:
    for check in (CHECKS.next_step, CHECKS.claim):
        score, told = check(answer, SimpleNamespace(expected=expected))
        assert score == 0.0
        assert told


def test_every_kind_of_report_is_in_every_split_and_no_report_is_nearly_another() -> None:
    kinds = {split: Counter(task.tags[0] for task in TASKS.split(split)) for split in SPLITS}
    assert {split: set(found.values()) for split, found in kinds.items()} == {
        "train": {3},
        "validation": {5},
        "test": {3},
    }
    assert TASKS.near_copies == ()


def test_the_skill_names_every_answer_and_gives_no_task_away() -> None:
    skill = read_skill(FOLDER)
    for field in ("next", "claim"):
        (listed,) = re.findall(rf"^- `{field}` is one of (.*)\.$", skill.text, flags=re.MULTILINE)
        expected = {task.expected[field] for task in TASKS.tasks}  # type: ignore[index,call-overload]
        assert set(re.findall(r"`([a-z-]+)`", listed)) == expected
    assert [task.id for task in TASKS.tasks if task.text in skill.text] == []


def test_its_links_lead_to_files_and_its_commands_exist() -> None:
    skill = read_skill(FOLDER)
    links = re.findall(r"\]\(([^)]+)\)", skill.text)
    assert links
    assert [link for link in links if not (FOLDER / link).is_file()] == []


def test_half_of_the_triggers_are_near_misses() -> None:
    triggers = json.loads((SETS / "tune-a-skill.triggers.json").read_text(encoding="utf-8"))
    assert all(one.keys() == {"query", "should_trigger"} for one in triggers)
    assert len({one["query"] for one in triggers}) == len(triggers) >= 20
    assert Counter(one["should_trigger"] for one in triggers) == {True: 12, False: 12}
