"""Small runs, told to a listener."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import skillopt
from skillopt.adapters.files.validation_file import read_validation_set
from tests.scripted import ROOT, SKILL, agent, learner, tasks


async def tuned(folder: Path, listener: Any) -> skillopt.Run:
    """Tune for two rounds, with functions."""
    return await skillopt.atune(
        SKILL,
        validation_set=tasks(),
        optimizer=learner,
        target=agent,
        identity="desks",
        deterministic=True,
        rounds=2,
        ledger=folder / "ledger.db",
        on_event=listener,
    )


async def practised(folder: Path, listener: Any) -> skillopt.Run:
    """Tune for a round on a few tasks, with practice models: they are called as others are."""
    name = "changelog-lines"
    whole = read_validation_set(ROOT / "validation_sets" / f"{name}.yaml")
    few = [task for split in ("train", "validation", "test") for task in whole.split(split)[:6]]
    return await skillopt.atune(
        skillopt.Skill(text=(ROOT / "skills" / name / "SKILL.md").read_text(encoding="utf-8")),
        validation_set=whole.model_copy(update={"tasks": tuple(few)}),
        practice=True,
        rounds=1,
        ledger=folder / "ledger.db",
        on_event=listener,
    )
