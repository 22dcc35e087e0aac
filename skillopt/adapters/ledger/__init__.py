"""The ledger: what was tried, what became of it and why, in SQLite or PostgreSQL.

The names are loaded when first used: a command that lists needs nothing of one that merges.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skillopt.adapters.ledger.append.external_edits import TriedEdit
    from skillopt.adapters.ledger.audit.importing import Imported
    from skillopt.adapters.ledger.audit.verification import BadRow, Head, Verification
    from skillopt.adapters.ledger.read.blame import Line, Tracing
    from skillopt.adapters.ledger.read.search import Hit
    from skillopt.adapters.ledger.read.stats import Stats
    from skillopt.adapters.ledger.schema.views import (
        Alike,
        ExchangeSummary,
        RoundEntry,
        RoundFilter,
        RoundSummary,
        RunEntry,
        RunSummary,
        SkillVersion,
    )
    from skillopt.adapters.ledger.store import SqlLedger

_HOME = {
    "Alike": "schema.views",
    "BadRow": "audit.verification",
    "ExchangeSummary": "schema.views",
    "Head": "audit.verification",
    "Hit": "read.search",
    "Imported": "audit.importing",
    "Line": "read.blame",
    "RoundEntry": "schema.views",
    "RoundFilter": "schema.views",
    "RoundSummary": "schema.views",
    "RunEntry": "schema.views",
    "RunSummary": "schema.views",
    "SkillVersion": "schema.views",
    "SqlLedger": "store",
    "Stats": "read.stats",
    "Tracing": "read.blame",
    "TriedEdit": "append.external_edits",
    "Verification": "audit.verification",
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
