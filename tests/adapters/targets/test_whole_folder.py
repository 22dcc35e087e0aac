"""Commands and functions are given a skill's whole folder."""

from __future__ import annotations

import asyncio
import gc
import sys
from pathlib import Path

import pytest

from skillopt.adapters.files.rendered import RenderedSkills
from skillopt.adapters.targets import CallableTarget, CommandTarget
from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.task import Task
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile

SKILL = Skill(
    text="---\nname: desks\n---\nRead references/desks.md.\n",
    files=(
        SkillFile(path="references/desks.md", data=b"bakery\r\n"),
        SkillFile(
            path="scripts/say.sh", data=b"#!/bin/sh\nprintf from-a-script\n", executable=True
        ),
    ),
)
TASK = Task(id="t1", split="train", input="bread", checks=(Exact(type="exact"),))
LOOKS = """
import json, pathlib, subprocess, sys
folder = pathlib.Path(json.load(sys.stdin)["skill_path"]).parent
said = subprocess.run([folder / "scripts/say.sh"], capture_output=True, text=True).stdout
(folder / "SKILL.md").write_text("spoilt")
print(folder.name, repr((folder / "references/desks.md").read_bytes()), said)
"""


async def test_a_command_reads_and_runs_what_is_in_the_folder_each_time_anew() -> None:
    target = CommandTarget([sys.executable, "-c", LOOKS])
    for trial in range(2):
        answer = await target.answer(SKILL, TASK, trial=trial)
        assert answer.text == r"desks b'bakery\r\n' from-a-script"


def test_a_function_that_asks_is_given_the_path() -> None:
    seen: list[str | None] = []

    def look(skill: str, given: object, *, skill_path: str | None) -> str:
        seen.append(skill_path)
        if skill_path is None:
            return "nothing"
        assert Path(skill_path).read_text(encoding="utf-8") in skill
        return (Path(skill_path).parent / "references/desks.md").read_text().strip()

    target = CallableTarget(look)
    answers = [asyncio.run(target.answer(one, TASK, trial=0)) for one in (SKILL, SKILL, None)]
    assert [answer.text for answer in answers] == ["bakery", "bakery", "nothing"]
    assert seen[0] == seen[1]


async def test_a_function_that_does_not_ask_is_given_two_arguments() -> None:
    target = CallableTarget(lambda skill, given: f"{len(skill)} {given}")
    assert (await target.answer(Skill(text="four"), TASK, trial=0)).text == "4 bread"


def test_each_version_is_written_once_and_again_where_it_was_deleted() -> None:
    rendered = RenderedSkills()
    first = rendered.path_of(SKILL)
    assert rendered.path_of(SKILL) == first
    other = rendered.path_of(Skill(text="---\nname: desks\n---\n"))
    assert other.parent.name == first.parent.name == "desks"
    assert other != first
    with pytest.raises(PermissionError):
        _as_nobody(first)
    first.unlink()
    again = rendered.path_of(SKILL)
    assert again.read_bytes() == SKILL.to_bytes()
    del rendered
    gc.collect()
    assert not again.exists()


def _as_nobody(file: Path) -> None:
    """The superuser may write everything, so the mode is asked instead."""
    if not file.stat().st_mode & 0o222:
        raise PermissionError(file)
