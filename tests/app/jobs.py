"""Jobs for tests of the use cases: desks and words, a scripted target, a ledger in memory."""

from __future__ import annotations

from typing import Any

from skillopt.app.job import Job, read_job
from tests.scripted import SKILL, tasks
from tests.standins_ledger import MemoryLedger
from tests.targets import ScriptedTarget

WORDS = "- roses: garden\n- lawn: garden\n- saw: tools\n- drill: tools\n- cake: bakery\n"
"""Lines with which the agent finds more desks."""
BETTER = SKILL.model_copy(update={"text": SKILL.text + WORDS})


def job(**options: Any) -> Job:
    """A job on the desks, with whatever ``options`` say instead."""
    given: dict[str, Any] = {
        "validation_set": tasks(),
        "target": ScriptedTarget(),
        "ledger": MemoryLedger(),
    }
    skill = options.pop("skill", SKILL)
    return read_job(skill, **(given | options))
