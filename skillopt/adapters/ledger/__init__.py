"""The ledger: what was tried, what became of it and why, in SQLite or PostgreSQL."""

from __future__ import annotations

from skillopt.adapters.ledger.store import SqlLedger
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
    "RoundEntry",
    "RoundFilter",
    "RoundSummary",
    "RunEntry",
    "RunSummary",
    "SkillVersion",
    "SqlLedger",
    "Verification",
]
