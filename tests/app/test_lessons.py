"""The round after a rejection shows what the rejected edit fixed and broke, and how to repair it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import skillopt
from skillopt.core.quoting import blocks
from tests.scripted import SKILL, agent, draft, insert, tasks

SWAP = json.dumps(
    {
        "idea": "roses for bread",
        "criteria": ["desk"],
        "edits": [
            {"kind": "replace", "anchor": "- bread: bakery\n", "text": "- roses: garden\n"},
        ],
    }
)
NOTHING = draft(insert("- nothing: nowhere\n"), idea="nothing", criteria=["desk"])


class Recorder:
    """Proposes the swap, then nothing of use; keeps what it is shown."""

    def __init__(self) -> None:
        self.shown: list[dict[str, str]] = []

    def __call__(self, messages: list[dict[str, str]]) -> str:
        told = blocks(messages[1]["content"])
        if "limits" not in told:
            return '{"critiques": []}'
        self.shown.append(told)
        return SWAP if len(self.shown) == 1 else NOTHING


def second_prompt(path: Path, **more: Any) -> dict[str, str]:
    recorder = Recorder()
    skillopt.tune(
        SKILL,
        validation_set=tasks(),
        target=agent,
        optimizer=recorder,
        ledger=path / "ledger.db",
        deterministic=True,
        rounds=2,
        **more,
    )
    return recorder.shown[1]


def test_the_lesson_points_to_broken_tasks_in_the_evidence(tmp_path: Path) -> None:
    told = second_prompt(tmp_path, minibatch=4, evidence=4)
    lesson = next(line for line in told["refused"].splitlines() if "lesson: " in line)
    assert "right where it mended and too wide where it broke" in lesson
    seen = {one["rollout"]: one["task"] for one in json.loads(told["evidence"])}
    named = lesson.rpartition("what it broke: ")[2].split(", ")
    assert named
    for entry in named:
        rollout, task = entry.removesuffix(")").split(" (")
        assert seen[rollout] == task
        assert task.startswith("bread")
    assert any(task.startswith("roses") for task in seen.values()), "what it fixed, beside it"


@pytest.mark.parametrize("setting", ["lessons", "conditioning"])
def test_it_can_be_switched_off(tmp_path: Path, setting: str) -> None:
    assert "lesson: " not in second_prompt(tmp_path, **{setting: False})["refused"]
