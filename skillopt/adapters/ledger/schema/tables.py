"""The tables of the models, for statements without the object mapper: it costs far more a row."""

from __future__ import annotations

from sqlalchemy import Table
from sqlmodel import SQLModel

from skillopt.adapters.ledger.schema import derived_rows, people_rows, rows


def _table(row: type[SQLModel]) -> Table:
    table = row.__table__  # type: ignore[attr-defined]
    assert isinstance(table, Table)
    return table


STATE = _table(rows.LedgerState)
RUNS = _table(rows.RunRow)
RUN_ENDS = _table(rows.RunEndRow)
VERSIONS = _table(rows.VersionRow)
BLOBS = _table(rows.BlobRow)
ROLLOUTS = _table(rows.RolloutRow)
EXCHANGES = _table(rows.ExchangeRow)
ROUNDS = _table(rows.RoundRow)
EDITS = _table(rows.EditRow)
HEAD_MOVES = _table(rows.HeadMoveRow)
PRUNINGS = _table(rows.PruningRow)
IMPORTS = _table(rows.ImportRow)
ABLATIONS = _table(rows.AblationRow)
SKILL_MOVES = _table(rows.SkillMoveRow)
APPROVALS = _table(people_rows.ApprovalRow)
DECISIONS = _table(people_rows.DecisionRow)
SCHEMA_CHANGES = _table(rows.SchemaChangeRow)
RUN_SKILLS = _table(derived_rows.RunSkillRow)
ROUND_KEYS = _table(derived_rows.RoundKeyRow)
RECALLED = _table(derived_rows.RecalledRow)
RECALL_KEYS = _table(derived_rows.RecallKeyRow)
TALLIES = _table(derived_rows.TallyRow)

DERIVED_TABLES = (RUN_SKILLS, ROUND_KEYS, RECALLED, RECALL_KEYS, TALLIES)
"""What is made from the chain, and can be made again."""

CHAINED_TABLES = tuple(_table(row) for row in rows.CHAINED)
"""All but the state: together they are the chain."""
