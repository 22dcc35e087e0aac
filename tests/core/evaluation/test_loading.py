from __future__ import annotations

from typing import Any

import pytest

from skillopt.core.evaluation.loading import described, loaded_by, was_loaded
from skillopt.core.evaluation.trace import ToolCall
from skillopt.core.skill.skill import Skill


def call(name: str, /, **arguments: Any) -> ToolCall:
    return ToolCall(name=name, arguments=arguments)


@pytest.mark.parametrize(
    "loading",
    [
        call("Skill", skill="sort"),
        call("Skill", command="sort"),
        call("Skill", skill="my-plugin:sort"),
        call("skill", name="sort"),
        call("activate_skill", name="sort"),
        call("Read", file_path="/w/.claude/skills/sort/SKILL.md"),
        call("shell", command=["bash", "-lc", "cat .agents/skills/sort/SKILL.md"]),
        call("read_file", options={"paths": ["sort/SKILL.md"]}),
    ],
)
def test_ways_to_load_a_skill(loading: ToolCall) -> None:
    assert was_loaded("sort", [call("Bash", command="ls"), loading])


@pytest.mark.parametrize(
    "other",
    [
        call("Skill", skill="sorted"),
        call("Skill", skill="re-sort"),
        call("Skill"),
        call("Read", file_path="/skills/re-sort/SKILL.md"),
        call("Read", file_path="/skills/my_sort/SKILL.md"),
        call("Read", file_path="/skills/sort/NOTES.md"),
        call("Bash", command="sort"),
    ],
)
def test_what_loads_another_one_or_none(other: ToolCall) -> None:
    assert not was_loaded("sort", [other])


def test_a_path_may_stand_deep_in_the_arguments() -> None:
    deep: Any = "sort/SKILL.md"
    for _ in range(10):
        deep = [deep]
    assert was_loaded("sort", [call("read", path=deep)])


def test_those_that_were_loaded() -> None:
    calls = [call("Skill", skill="b"), call("Skill", skill="x")]
    assert loaded_by(calls, ["a", "b"]) == ("b",)


def test_what_a_client_shows() -> None:
    whole = Skill(text=f"---\nname: sort\ndescription: {'d' * 2000}\n---\nBody\n")
    assert described(whole).name == "sort"
    assert described(whole).description == "d" * 1024
    assert described(Skill(text="---\ndescription: [1]\n---\n")).model_dump() == {
        "name": "skill",
        "description": "",
    }
