"""A library of skills about desks, in a folder, for tests of what tunes several at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.git_project import write
from tests.scripted import DESKS, SENTENCES, SKILL, agent, learner
from tests.standins_ledger import MemoryLedger

SPLITS = ("train", "validation", "validation", "test", "test")


def desk_tasks(name: str, *, barren: bool = False) -> str:
    """A validation set; in a barren one what the train tasks teach is wrong for the others."""
    wrong = ("", "reception", "nowhere", "reception", "nowhere")
    rows = [
        {
            "id": f"{name}-{word}-{number}",
            "split": SPLITS[number],
            "input": sentence.format(word),
            "expected": wrong[number] if barren and number else desk,
        }
        for desk, words in DESKS.items()
        for word in words
        for number, sentence in enumerate(SENTENCES)
    ]
    return json.dumps({"name": name, "checks": [{"type": "exact"}], "tasks": rows})


def library(folder: Path, *names: str) -> Path:
    """A folder `skills`; those whose names begin with `barren` have nothing to find."""
    write(folder / "pyproject.toml", "")
    for name in names:
        write(folder / "skills" / name / "SKILL.md", SKILL.text)
        tasks = desk_tasks(name, barren=name.startswith("barren"))
        write(folder / "validation_sets" / f"{name}.yaml", tasks)
    return folder / "skills"


def options(ledger: MemoryLedger, **more: Any) -> dict[str, Any]:
    """A target and an optimizer that are functions, and few rounds."""
    given = {"target": agent, "optimizer": learner, "deterministic": True, "rounds": 2}
    return {**given, "ledger": ledger, "rehearse": False, **more}
