"""A small run, with everything a run does to files: ledger, locks, replies, rounds, skill."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import skillopt
from skillopt.adapters.models import CallableModel
from skillopt.core.evaluation.checks import Exact
from tests.kill_points import Tick, essence
from tests.scripted import learner

SKILL = "# Which desk\n\n- bread: bakery\n"
WORDS = {"bakery": ("bread", "rolls"), "garden": ("roses", "lawn"), "tools": ("saw", "drill")}
SPLITS = ("train", "validation", "test")


def tasks() -> tuple[skillopt.Task, ...]:
    """Each word once in each split."""
    return tuple(
        skillopt.Task(
            id=f"{word}-{split}",
            split=split,  # type: ignore[arg-type]
            input=f"{split}: {word}",
            expected=desk,
            checks=(Exact(type="exact", criterion="desk"),),
        )
        for desk, words in WORDS.items()
        for word in words
        for split in SPLITS
    )


def agent(skill: str, letter: str) -> str:
    """The first word that the skill knows decides."""
    desks = dict(re.findall(r"^- (\w+): (\w+)$", skill, re.MULTILINE))
    return next((desks[word] for word in re.findall(r"\w+", letter) if word in desks), "reception")


def fresh(folder: Path) -> Path:
    """A folder with the skill's file."""
    folder.mkdir()
    (folder / "SKILL.md").write_text(SKILL, encoding="utf-8")
    return folder


async def run_once(folder: Path, tick: Tick) -> skillopt.Run:
    async def target(skill: str, letter: str) -> str:
        tick(f"{hash(skill)} {letter}")
        await asyncio.sleep(0)
        return agent(skill, letter)

    return await skillopt.atune(
        folder / "SKILL.md",
        validation_set=skillopt.ValidationSet(name="desks", tasks=tasks()),
        target=target,
        identity="desks",
        optimizer=CallableModel(learner, identity="learner"),
        ledger=folder / "ledger.db",
        rounds=2,
        concurrency=2,
        deterministic=True,
    )


def whole(folder: Path) -> str:
    """Run to the end; what may not depend on faults, as JSON."""
    return json.dumps(essence(asyncio.run(run_once(folder, lambda _: None))), sort_keys=True)
