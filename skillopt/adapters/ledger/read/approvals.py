"""What waits for a person, and what was decided."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, select

from skillopt.adapters.ledger.index.run_skills import is_of, one_skill
from skillopt.adapters.ledger.schema import people
from skillopt.adapters.ledger.schema.tables import APPROVALS, DECISIONS
from skillopt.core.history.waiting import Waiting
from skillopt.errors import InputError

_OPEN = APPROVALS.c.id.not_in(select(DECISIONS.c.approval))


def waiting(connection: Connection, run: str, number: int) -> Waiting | None:
    """What waits, or waited, in a round of a run."""
    place = (APPROVALS.c.run == run) & (APPROVALS.c.number == number)
    found = _found(connection, select(APPROVALS).where(place))
    return found[0] if found else None


def waiting_id(connection: Connection, run: str) -> str | None:
    """Id of what waits in a run for a decision."""
    query = select(APPROVALS.c.id).where((APPROVALS.c.run == run) & _OPEN)
    found: str | None = connection.execute(query).scalars().first()
    return found


def list_waiting(
    connection: Connection, *, skill: str | None, decided: bool, limit: int
) -> tuple[Waiting, ...]:
    """What waits here, newest first; with ``decided`` also what has waited."""
    query = select(APPROVALS).order_by(APPROVALS.c.seq.desc()).limit(limit)
    if not decided:
        query = query.where(_OPEN & APPROVALS.c.origin.is_(None))
    if skill is not None:
        query = query.where(is_of(APPROVALS.c.run, one_skill(connection, skill)))
    return _found(connection, query)


def show_waiting(connection: Connection, given: str) -> Waiting:
    """What waits, or waited, by its id or a beginning of it that only one has.

    Raises:
        InputError: none has it, or several have.
    """
    prefix = APPROVALS.c.id.startswith(given.lower(), autoescape=True)
    found = _found(connection, select(APPROVALS).where(prefix).order_by(APPROVALS.c.seq).limit(5))
    if not found or not given:
        raise InputError(
            f"no proposal {given!r} waits for approval; `skillopt approvals` lists what does"
        )
    if len(found) > 1:
        names = ", ".join(one.id for one in found)
        raise InputError(f"several proposals begin with {given!r}: {names}; give more of the id")
    return found[0]


def _found(connection: Connection, query: Select[Any]) -> tuple[Waiting, ...]:
    rows = [dict(row) for row in connection.execute(query).mappings()]
    ids = [row["id"] for row in rows]
    made = connection.execute(select(DECISIONS).where(DECISIONS.c.approval.in_(ids))).mappings()
    by_id = {row["approval"]: dict(row) for row in made}
    return tuple(people.waiting_of(row, by_id.get(row["id"])) for row in rows)
