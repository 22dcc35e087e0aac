"""The runs that hold what other loops have tried."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from skillopt.adapters.ledger.index.run_skills import is_of
from skillopt.adapters.ledger.schema.tables import RUNS
from skillopt.core.history.kept import kept_by
from skillopt.core.history.skill_ids import skill_id

NAMED_BY = (RUNS.c.id, RUNS.c.fingerprint, RUNS.c.target, RUNS.c.skill_name, RUNS.c.skill_path)
"""What :func:`source_of` needs of a run."""


def kept_runs(connection: Connection, skill: str) -> dict[str, str]:
    """The runs of a skill, by its id, that hold another loop's edits, with that loop's name."""
    # The loop's name stands in both places; a model that optimizes itself is no such run.
    query = select(*NAMED_BY).where(is_of(RUNS.c.id, skill), RUNS.c.optimizer == RUNS.c.target)
    found = {row.id: source_of(row) for row in connection.execute(query)}
    return {run: source for run, source in found.items() if source is not None}


def source_of(row: Row[*tuple[Any, ...]]) -> str | None:
    """The loop whose edits a run holds; None for a run of skillopt's own."""
    place = skill_id(name=row.skill_name, path=row.skill_path)
    return kept_by(fingerprint=row.fingerprint, target=row.target, skill_id=place)
