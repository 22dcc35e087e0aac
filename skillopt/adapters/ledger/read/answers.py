"""Which stored answers are empty, cut, refused or the like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from skillopt.adapters.ledger.append.transaction import MOST_KEYS
from skillopt.adapters.ledger.schema import mapping
from skillopt.adapters.ledger.schema.tables import ROLLOUTS
from skillopt.core.evaluation.answer_faults import AnswerFault, answer_fault
from skillopt.core.evaluation.rollout import Graded


def answer_faults(
    connection: Connection, *, keys: Sequence[str], run: str | None = None
) -> dict[str, AnswerFault | None]:
    """What is wrong with the answers of ``keys``, and with those that ``run`` has paid for.

    By the digest of the rollout's key; None where nothing is wrong. An answer counts before a
    missing one; what is not stored, or pruned, is left out.
    """
    found: dict[str, AnswerFault | None] = {}
    answered: set[str] = set()
    for row in _rows(connection, keys, run):
        rollout = mapping.rollout_of(row)
        if isinstance(rollout, Graded):
            answered.add(row["key"])
        elif row["key"] in answered:
            continue
        found[row["key"]] = answer_fault(rollout)
    return found


def _rows(connection: Connection, keys: Sequence[str], run: str | None) -> Iterator[dict[str, Any]]:
    which: list[ColumnElement[bool]] = [
        ROLLOUTS.c.key.in_(keys[start : start + MOST_KEYS])
        for start in range(0, len(keys), MOST_KEYS)
    ]
    if run is not None:
        which.append(ROLLOUTS.c.run == run)
    for some in which:
        query = select(ROLLOUTS).where(some & ROLLOUTS.c.payload.is_not(None))
        for row in connection.execute(query).mappings():
            yield dict(row)
