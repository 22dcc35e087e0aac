"""skillopt tunes an agent's SKILL.md by small edits that pass a held-out gate.

The public names are loaded when they are first used, so that `import skillopt` costs nothing. Each
entry point has two forms: `tune` waits, `atune` is awaited.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skillopt import traces
    from skillopt.adapters.files.rendered import rendered_skill
    from skillopt.adapters.files.skill_file import read_skill
    from skillopt.adapters.ledger import SqlLedger
    from skillopt.app.aa import aa, aaa
    from skillopt.app.ablate import aablate, ablate
    from skillopt.app.approvals import aapprovals, aapprove, approvals, approve, arefuse, refuse
    from skillopt.app.digest import aledger_digest, ledger_digest
    from skillopt.app.evaluate import aevaluate, evaluate
    from skillopt.app.gate import agate, gate
    from skillopt.app.gate_changes import agate_changes, gate_changes
    from skillopt.app.keep import akeep, aknown_refusal, keep, known_refusal
    from skillopt.app.mine import amine, mine
    from skillopt.app.mined_candidates import (
        approve_candidates,
        edit_candidate,
        list_candidates,
        refuse_candidates,
    )
    from skillopt.app.probe import aprobe, probe
    from skillopt.app.result import Run
    from skillopt.app.retry import aretry, retry
    from skillopt.app.triggers import ameasure_triggers, measure_triggers
    from skillopt.app.tune import Tuning, atune, tune, tuning
    from skillopt.app.tune_all import atune_all, tune_all
    from skillopt.core.evaluation.rollout import Answer
    from skillopt.core.evaluation.task import Task
    from skillopt.core.evaluation.validation_set import ValidationSet
    from skillopt.core.settings import Settings
    from skillopt.core.skill.skill import Skill
    from skillopt.errors import (
        AlreadyDecided,
        ApprovalNeeded,
        InputError,
        LedgerError,
        ModelError,
        SkilloptError,
        SpendExhausted,
        TargetError,
    )

_HOMES = {
    "AlreadyDecided": "skillopt.errors",
    "Answer": "skillopt.core.evaluation.rollout",
    "ApprovalNeeded": "skillopt.errors",
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
    "aa": "skillopt.app.aa",
    "aaa": "skillopt.app.aa",
    "aablate": "skillopt.app.ablate",
    "aapprovals": "skillopt.app.approvals",
    "aapprove": "skillopt.app.approvals",
    "ablate": "skillopt.app.ablate",
    "aevaluate": "skillopt.app.evaluate",
    "agate": "skillopt.app.gate",
    "agate_changes": "skillopt.app.gate_changes",
    "akeep": "skillopt.app.keep",
    "aknown_refusal": "skillopt.app.keep",
    "aledger_digest": "skillopt.app.digest",
    "ameasure_triggers": "skillopt.app.triggers",
    "amine": "skillopt.app.mine",
    "approvals": "skillopt.app.approvals",
    "approve": "skillopt.app.approvals",
    "approve_candidates": "skillopt.app.mined_candidates",
    "aprobe": "skillopt.app.probe",
    "arefuse": "skillopt.app.approvals",
    "aretry": "skillopt.app.retry",
    "atune": "skillopt.app.tune",
    "atune_all": "skillopt.app.tune_all",
    "edit_candidate": "skillopt.app.mined_candidates",
    "evaluate": "skillopt.app.evaluate",
    "gate": "skillopt.app.gate",
    "gate_changes": "skillopt.app.gate_changes",
    "keep": "skillopt.app.keep",
    "known_refusal": "skillopt.app.keep",
    "ledger_digest": "skillopt.app.digest",
    "list_candidates": "skillopt.app.mined_candidates",
    "measure_triggers": "skillopt.app.triggers",
    "mine": "skillopt.app.mine",
    "probe": "skillopt.app.probe",
    "read_skill": "skillopt.adapters.files.skill_file",
    "refuse": "skillopt.app.approvals",
    "refuse_candidates": "skillopt.app.mined_candidates",
    "rendered_skill": "skillopt.adapters.files.rendered",
    "retry": "skillopt.app.retry",
    "tune": "skillopt.app.tune",
    "tune_all": "skillopt.app.tune_all",
    "tuning": "skillopt.app.tune",
}

_MODULES = {"traces"}

__all__ = [
    "AlreadyDecided",
    "Answer",
    "ApprovalNeeded",
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
    "aa",
    "aaa",
    "aablate",
    "aapprovals",
    "aapprove",
    "ablate",
    "aevaluate",
    "agate",
    "agate_changes",
    "akeep",
    "aknown_refusal",
    "aledger_digest",
    "ameasure_triggers",
    "amine",
    "approvals",
    "approve",
    "approve_candidates",
    "aprobe",
    "arefuse",
    "aretry",
    "atune",
    "atune_all",
    "edit_candidate",
    "evaluate",
    "gate",
    "gate_changes",
    "keep",
    "known_refusal",
    "ledger_digest",
    "list_candidates",
    "measure_triggers",
    "mine",
    "probe",
    "read_skill",
    "refuse",
    "refuse_candidates",
    "rendered_skill",
    "retry",
    "traces",
    "tune",
    "tune_all",
    "tuning",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"skillopt.{name}")
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'skillopt' has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)
