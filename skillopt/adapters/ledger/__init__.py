"""The ledger: what was tried, what became of it and why, in SQLite or PostgreSQL."""

from __future__ import annotations

from skillopt.adapters.ledger.counting import Stats
from skillopt.adapters.ledger.keeping import TriedEdit
from skillopt.adapters.ledger.merging import Imported
from skillopt.adapters.ledger.searching import Hit
from skillopt.adapters.ledger.store import SqlLedger
from skillopt.adapters.ledger.tracing import Line, Tracing
from skillopt.adapters.ledger.verifying import BadRow, Head, Verification
from skillopt.adapters.ledger.views import (
    ExchangeSummary,
    RoundEntry,
    RoundFilter,
    RoundSummary,
    RunEntry,
    RunSummary,
    SkillVersion,
)

__all__ = [
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
