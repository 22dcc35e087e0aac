"""A small practice run, told to a listener."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import skillopt
from tests.scripted import ROOT

SKILL = ROOT / "skills" / "changelog-lines" / "SKILL.md"


async def tuned(folder: Path, listener: Any) -> skillopt.Run:
    """Tune for two rounds, with practice models."""
    return await skillopt.atune(
        SKILL,
        practice=True,
        rounds=2,
        write=False,
        ledger=folder / "ledger.db",
        on_event=listener,
    )
