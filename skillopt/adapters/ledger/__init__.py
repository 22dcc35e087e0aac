"""The ledger: what was tried, what became of it and why, in SQLite or PostgreSQL.

The names are loaded when first used: a command that lists needs nothing of one that merges.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skillopt.adapters.ledger.counting import Stats
    from skillopt.adapters.ledger.keeping import TriedEdit
    from skillopt.adapters.ledger.merging import Imported
    from skillopt.adapters.ledger.searching import Hit
    from skillopt.adapters.ledger.store import SqlLedger
    from skillopt.adapters.ledger.tracing import Line, Tracing
    from skillopt.adapters.ledger.verifying import BadRow, Head, Verification
    from skillopt.adapters.ledger.views import (
        Alike,
        ExchangeSummary,
        RoundEntry,
        RoundFilter,
        RoundSummary,
        RunEntry,
        RunSummary,
        SkillVersion,
    )

_HOME = {
    "Alike": "views",
    "BadRow": "verifying",
    "ExchangeSummary": "views",
    "Head": "verifying",
    "Hit": "searching",
    "Imported": "merging",
    "Line": "tracing",
    "RoundEntry": "views",
    "RoundFilter": "views",
    "RoundSummary": "views",
    "RunEntry": "views",
    "RunSummary": "views",
    "SkillVersion": "views",
    "SqlLedger": "store",
    "Stats": "counting",
    "Tracing": "tracing",
    "TriedEdit": "keeping",
    "Verification": "verifying",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


__all__ = [
    "Alike",
    "BadRow",
    "ExchangeSummary",
    "Head",
    "Hit",
    "Imported",
    "Line",
    "RoundEntry",
    "RoundFilter",
    "RoundSummary",
    "RunEntry",
    "RunSummary",
    "SkillVersion",
    "SqlLedger",
    "Stats",
    "Tracing",
    "TriedEdit",
    "Verification",
]
