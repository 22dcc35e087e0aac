"""skillopt tunes an agent's skill file the way a careful engineer would.

The public names are loaded when they are first used, so that `import skillopt` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skillopt.adapters.ledger import SqlLedger
    from skillopt.core.rollout import Answer
    from skillopt.core.settings import Settings
    from skillopt.core.skill import Skill
    from skillopt.core.task import Task
    from skillopt.core.validation_set import ValidationSet
    from skillopt.errors import (
        InputError,
        LedgerError,
        ModelError,
        SkilloptError,
        SpendExhausted,
        TargetError,
    )
    from skillopt.evaluate_skill import aevaluate
    from skillopt.gate_edit import agate
    from skillopt.result import Run
    from skillopt.tune_skill import Tuning, atune, tune, tuning

_HOMES = {
    "Answer": "skillopt.core.rollout",
    "InputError": "skillopt.errors",
    "LedgerError": "skillopt.errors",
    "ModelError": "skillopt.errors",
    "Run": "skillopt.result",
    "Settings": "skillopt.core.settings",
    "Skill": "skillopt.core.skill",
    "SkilloptError": "skillopt.errors",
    "SpendExhausted": "skillopt.errors",
    "SqlLedger": "skillopt.adapters.ledger",
    "TargetError": "skillopt.errors",
    "Task": "skillopt.core.task",
    "Tuning": "skillopt.tune_skill",
    "ValidationSet": "skillopt.core.validation_set",
    "aevaluate": "skillopt.evaluate_skill",
    "agate": "skillopt.gate_edit",
    "atune": "skillopt.tune_skill",
    "tune": "skillopt.tune_skill",
    "tuning": "skillopt.tune_skill",
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
