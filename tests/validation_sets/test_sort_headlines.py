"""The sample that `make tune-llm` tunes for a real model."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from skillopt.adapters.files.skill_file import read_skill
from skillopt.adapters.files.validation_file import find_validation_set, read_validation_set
from skillopt.core.evaluation.task import SPLITS
from skillopt.core.merged_settings import merged_settings

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "skills" / "sort-headlines"
SKILL = read_skill(FOLDER)
TASKS = read_validation_set(find_validation_set(FOLDER))


def test_every_section_has_as_many_headlines_in_each_split() -> None:
    for split, each in zip(SPLITS, (6, 8, 9), strict=True):
        counts = Counter(str(task.expected) for task in TASKS.split(split))
        assert set(counts.values()) == {each}, split
    assert len(TASKS.split("test")) >= 60


def test_the_skill_names_the_sections_and_gives_no_task_away() -> None:
    listed = re.search(r"with one word: (.*)\.\n", SKILL.text)
    assert listed
    named = set(re.findall(r"\w+", listed.group(1))) - {"or"}
    assert named == {str(task.expected) for task in TASKS.tasks}
    assert not [task.id for task in TASKS.tasks if task.text in SKILL.text]


def test_no_headline_is_nearly_another_one() -> None:
    assert TASKS.near_copies == ()


def test_the_examples_of_the_skill_have_the_form_of_the_prompt() -> None:
    settings = merged_settings([("the set", TASKS.settings)])
    assert settings.target_template
    asked = settings.target_template.replace("{skill}", "").replace("{task}", "(.*)").strip()
    assert re.search(f"^{asked} \\w+$", SKILL.text, re.MULTILINE)


def test_the_port_is_the_one_that_make_serves_on() -> None:
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8")
    served = re.search(r"local_model --port (\d+)", recipe)
    assert served
    assert TASKS.settings["target_api_base"] == f"http://127.0.0.1:{served.group(1)}/v1"
