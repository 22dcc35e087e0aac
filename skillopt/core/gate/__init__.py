"""The gate: pure decisions over paired evidence and a policy.

The names are loaded when they are first used: settings and ledger need its values, not its numpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from skillopt.core.gate.contest import (
    Contest,
    GateKind,
    GateMemory,
    GatePolicy,
    GateTask,
    Measure,
    NoWorse,
    Outcome,
    Outcomes,
    PairedTask,
    Standing,
    Verdict,
    Wanted,
)

if TYPE_CHECKING:
    from skillopt.core.gate.decide import advance, open_book
    from skillopt.core.gate.power import Power, gate_power
    from skillopt.core.gate.sealed import mean_interval, sealed_test
    from skillopt.core.gate.sentinels import unreliable

_HOME = {
    "advance": "decide",
    "open_book": "decide",
    "Power": "power",
    "gate_power": "power",
    "mean_interval": "sealed",
    "sealed_test": "sealed",
    "unreliable": "sentinels",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


__all__ = [
    "Contest",
    "GateKind",
    "GateMemory",
    "GatePolicy",
    "GateTask",
    "Measure",
    "NoWorse",
    "Outcome",
    "Outcomes",
    "PairedTask",
    "Power",
    "Standing",
    "Verdict",
    "Wanted",
    "advance",
    "gate_power",
    "mean_interval",
    "open_book",
    "sealed_test",
    "unreliable",
]
