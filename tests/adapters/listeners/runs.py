"""Small runs, told to a listener."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import skillopt
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
    """Tune for a round, with practice models: they are called as language models are."""
    return await skillopt.atune(
        ROOT / "skills" / "changelog-lines" / "SKILL.md",
        practice=True,
        rounds=1,
        write=False,
        ledger=folder / "ledger.db",
        on_event=listener,
    )
