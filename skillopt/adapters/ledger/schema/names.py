"""What a ledger's tables are called, for queries as text; a test compares it with the models."""

from __future__ import annotations

STATE = "ledger_state"
"""The one row that says what a ledger is and where its chain ends."""

CHAINED = (
    "runs",
    "run_ends",
    "versions",
    "blobs",
    "rollouts",
    "exchanges",
    "rounds",
    "edits",
    "head_moves",
    "prunings",
    "imports",
    "ablations",
    "skill_moves",
    "approvals",
    "decisions",
    "schema_changes",
)
"""The tables of the chain."""
