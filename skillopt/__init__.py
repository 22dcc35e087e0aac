"""skillopt tunes an agent's skill file the way a careful engineer would.

The public names are loaded when they are first used, so that `import skillopt` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skillopt.adapters.ledger import SqlLedger
    from skillopt.app.evaluate import aevaluate
    from skillopt.app.gate import agate
    from skillopt.app.result import Run
    from skillopt.app.tune import Tuning, atune, tune, tuning
    from skillopt.core.evaluation.rollout import Answer
    from skillopt.core.evaluation.task import Task
    from skillopt.core.evaluation.validation_set import ValidationSet
    from skillopt.core.settings import Settings
    from skillopt.core.skill.skill import Skill
    from skillopt.errors import (
        InputError,
        LedgerError,
        ModelError,
        SkilloptError,
        SpendExhausted,
        TargetError,
    )

_HOMES = {
    "Answer": "skillopt.core.evaluation.rollout",
    "InputError": "skillopt.errors",
    "LedgerError": "skillopt.errors",
    "ModelError": "skillopt.errors",
    "Run": "skillopt.app.result",
    "Settings": "skillopt.core.settings",
    "Skill": "skillopt.core.skill.skill",
    "SkilloptError": "skillopt.errors",
    "SpendExhausted": "skillopt.errors",
    "SqlLedger": "skillopt.adapters.ledger",
    "TargetError": "skillopt.errors",
    "Task": "skillopt.core.evaluation.task",
    "Tuning": "skillopt.app.tune",
    "ValidationSet": "skillopt.core.evaluation.validation_set",
    "aevaluate": "skillopt.app.evaluate",
    "agate": "skillopt.app.gate",
    "atune": "skillopt.app.tune",
    "tune": "skillopt.app.tune",
    "tuning": "skillopt.app.tune",
}

__all__ = [
    "Answer",
    "InputError",
    "LedgerError",
    "ModelError",
    "Run",
    "Settings",
    "Skill",
    "SkilloptError",
    "SpendExhausted",
    "SqlLedger",
    "TargetError",
    "Task",
    "Tuning",
    "ValidationSet",
    "aevaluate",
    "agate",
    "atune",
    "tune",
    "tuning",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'skillopt' has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)
