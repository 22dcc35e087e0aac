"""What waits for a person, and what was decided."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, select

from skillopt.adapters.ledger.index.run_skills import is_of, one_skill
from skillopt.adapters.ledger.schema import people
from skillopt.adapters.ledger.schema.tables import APPROVALS, DECISIONS
from skillopt.core.history.browsed import WaitingRow
from skillopt.core.history.waiting import Waiting
from skillopt.errors import InputError

_OPEN = ~select(DECISIONS.c.approval).where(DECISIONS.c.approval == APPROVALS.c.id).exists()
_WAITS = APPROVALS.c.seq.in_(select(APPROVALS.c.seq).where(_OPEN)) & APPROVALS.c.origin.is_(None)
"""Found by their ids first: of thousands that were decided no document is read."""


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
        query = query.where(_WAITS)
    if skill is not None:
        query = query.where(is_of(APPROVALS.c.run, one_skill(connection, skill)))
    return _found(connection, query)


def waiting_rows(
    connection: Connection, *, decided: bool, before: str | None, limit: int
) -> tuple[WaitingRow, ...]:
    """What waits here, or with ``decided`` what has waited, newest first, from one on.

    Raises:
        InputError: nothing waits or waited under the id ``before``.
    """
    columns = (APPROVALS.c[name] for name in ("id", "run", "skill_name", "created", "document"))
    query = select(*columns, DECISIONS.c.kind, DECISIONS.c.person).outerjoin(
        DECISIONS, DECISIONS.c.approval == APPROVALS.c.id
    )
    query = query.where(DECISIONS.c.approval.is_not(None) if decided else _WAITS)
    if before is not None:
        place = connection.execute(select(APPROVALS.c.seq).where(APPROVALS.c.id == before)).scalar()
        if place is None:
            raise InputError(f"no proposal {before!r} waits or waited; list them from the newest")
        query = query.where(APPROVALS.c.seq < place)
    rows = connection.execute(query.order_by(APPROVALS.c.seq.desc()).limit(limit))
    return tuple(people.waiting_in_short(dict(row)) for row in rows.mappings())


def show_waiting(connection: Connection, given: str) -> Waiting:
    """What waits, or waited, by its id or a beginning of it that only one has.

    Raises:
        InputError: none has it, or several have.
    """
    prefix = APPROVALS.c.id.startswith(given.lower(), autoescape=True)
    # Their ids first: these are looked for in the index, and no document is passed over.
    some = select(APPROVALS.c.id).where(prefix).order_by(APPROVALS.c.id).limit(5)
    ids = connection.execute(some).scalars().all()
    found = _found(connection, select(APPROVALS).where(APPROVALS.c.id.in_(ids)))
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
