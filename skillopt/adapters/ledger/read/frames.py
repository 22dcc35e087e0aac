"""Entries and rollouts of the ledger as pandas tables."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from skillopt.adapters.frames import Dtype, data_frame
from skillopt.adapters.ledger.db.plain_sql import EngineSql
from skillopt.adapters.ledger.read import listings
from skillopt.adapters.ledger.read.ids import run_id
from skillopt.adapters.ledger.schema.tables import ROLLOUTS, RUNS
from skillopt.core.history.views import RoundFilter, RoundSummary

if TYPE_CHECKING:
    from pandas import DataFrame

ENTRIES: dict[str, Dtype] = {
    "id": "string",
    "run": "string",
    "round": "Int64",
    "skill": "string",
    "target": "string",
    "identity_unknown": "boolean",
    "created": "datetime64[us, UTC]",
    "outcome": "string",
    "stage": "string",
    "code": "string",
    "reason": "string",
    "idea": "string",
    "criteria": "string",
    "sections": "string",
    "parent": "string",
    "candidate": "string",
    "edits": "Int64",
    "gain": "Float64",
    "p_value": "Float64",
    "tasks_seen": "Int64",
    "kept_by": "string",
}
ROLLOUT_COLUMNS: dict[str, Dtype] = {
    "run": "string",
    "version": "string",
    "task": "string",
    "trial": "Int64",
    "target": "string",
    "status": "string",
    "score": "Float64",
    "seconds": "Float64",
    "calls": "Int64",
    "prompt_tokens": "Int64",
    "completion_tokens": "Int64",
    "cost": "Float64",
    "created": "datetime64[us, UTC]",
}
_STORED_AS = {"version": "skill", "task": "task_id"}


def entries_frame(connection: Connection, wanted: RoundFilter) -> DataFrame:
    """The entries that pass the filter, newest first, one a row."""
    found = listings.list_rounds(connection, wanted)
    return data_frame(map(_entry, found), ENTRIES)


def rollouts_frame(connection: Connection, run: str | None) -> DataFrame:
    """The rollouts that a run has paid for, or all, in the order they were entered, one a row."""
    columns = (ROLLOUTS.c[_STORED_AS.get(name, name)] for name in ROLLOUT_COLUMNS)
    query = select(*columns).order_by(ROLLOUTS.c.seq)
    if run is not None:
        query = query.where(ROLLOUTS.c.run == _run(connection, run))
    rows = ((*row[:-1], datetime.fromisoformat(row[-1])) for row in connection.execute(query))
    return data_frame(rows, ROLLOUT_COLUMNS)


def _run(connection: Connection, given: str) -> str:
    """A run's id by its beginning; evaluations are entered under a name without a run's record."""
    whole = select(ROLLOUTS.c.run).where(ROLLOUTS.c.run == given).limit(1)
    known = select(RUNS.c.id).where(RUNS.c.id == given)
    if connection.execute(whole).first() or connection.execute(known).first():
        return given
    return run_id(EngineSql(connection), given)


def _entry(one: RoundSummary) -> tuple[object, ...]:
    joined = {"criteria": "; ".join(one.criteria), "sections": "; ".join(one.sections)}
    held = {**one.model_dump(), **joined, "round": one.number, "stage": one.stage.value}
    return tuple(held[name] for name in ENTRIES)
