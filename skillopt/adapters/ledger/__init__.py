"""The ledger: what was tried, the verdict and why, in SQLite or PostgreSQL.

The names are loaded when first used: a command that lists needs nothing of one that merges.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skillopt.adapters.ledger.append.external_edits import TriedEdit
    from skillopt.adapters.ledger.audit.importing import Imported
    from skillopt.adapters.ledger.audit.verification import BadRow, Head, Verification
    from skillopt.adapters.ledger.store import SqlLedger
    from skillopt.core.history.views import (
        Alike,
        ExchangeSummary,
        Hit,
        Line,
        RoundEntry,
        RoundFilter,
        RoundSummary,
        RunEntry,
        RunSummary,
        SkillVersion,
        Stats,
        Tracing,
    )

_VIEWS = "skillopt.core.history.views"
_HOME = {
    "Alike": _VIEWS,
    "BadRow": f"{__name__}.audit.verification",
    "ExchangeSummary": _VIEWS,
    "Head": f"{__name__}.audit.verification",
    "Hit": _VIEWS,
    "Imported": f"{__name__}.audit.importing",
    "Line": _VIEWS,
    "RoundEntry": _VIEWS,
    "RoundFilter": _VIEWS,
    "RoundSummary": _VIEWS,
    "RunEntry": _VIEWS,
    "RunSummary": _VIEWS,
    "SkillVersion": _VIEWS,
    "SqlLedger": f"{__name__}.store",
    "Stats": _VIEWS,
    "Tracing": _VIEWS,
    "TriedEdit": f"{__name__}.append.external_edits",
    "Verification": f"{__name__}.audit.verification",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


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
