"""Commands and functions are given a skill's whole folder."""

from __future__ import annotations

import sys
from pathlib import Path

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


async def test_a_function_that_asks_is_given_the_folder() -> None:
    def look(skill: str, given: object, *, skill_folder: Path | None) -> str:
        if skill_folder is None:
            return "nothing"
        assert (skill_folder / "SKILL.md").read_text(encoding="utf-8") == skill
        return (skill_folder / "references/desks.md").read_text().strip()

    target = CallableTarget(look)
    assert (await target.answer(SKILL, TASK, trial=0)).text == "bakery"
    assert (await target.answer(None, TASK, trial=0)).text == "nothing"


async def test_a_function_that_does_not_ask_is_given_two_arguments() -> None:
    target = CallableTarget(lambda skill, given: f"{len(skill)} {given}")
    assert (await target.answer(Skill(text="four"), TASK, trial=0)).text == "4 bread"
