"""Ids as people type them: the beginning of one will do, and a wrong one gets the way out."""

from __future__ import annotations

import difflib
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, select

from skillopt.adapters.ledger.schema.tables import ROUNDS, RUNS
from skillopt.errors import InputError

MOST_NAMED = 5
"""Candidates that a message names."""
RECENT = 500
"""Newest entries among which a similar id is looked for."""
_LONGEST_IDEA = 40
_LAST = "\U0010ffff"
"""Sorts behind every character of an id."""

_PROPOSALS = select(ROUNDS.c.id, ROUNDS.c.outcome, ROUNDS.c.idea)
_RUNS = select(RUNS.c.id, RUNS.c.skill_name)


def round_id(connection: Connection, given: str) -> str:
    """The whole id of the proposal that ``given`` is the id of, or the beginning of one.

    Raises:
        InputError: no proposal has it, or several have; the message names them.
    """
    found = _beginning(connection, _PROPOSALS, ROUNDS.c.id, given)
    if len(found) == 1:
        return str(found[0].id)
    if found:
        raise _ambiguous("proposal", given, [_proposal(row) for row in found])
    if given and _beginning(connection, _RUNS, RUNS.c.id, given):
        raise InputError(f"{given!r} is a run, not a proposal; `skillopt runs show {given}`")
    similar = _similar(connection, _PROPOSALS, ROUNDS.c, given)
    raise _unknown("proposal", given, similar, listed="skillopt ledger list")


def run_id(connection: Connection, given: str) -> str:
    """The whole id of the run that ``given`` is the id of, or the beginning of one.

    Raises:
        InputError: no run has it, or several have; the message names them.
    """
    found = _beginning(connection, _RUNS, RUNS.c.id, given)
    if len(found) == 1:
        return str(found[0].id)
    if found:
        raise _ambiguous("run", given, [f"{row.id} (of {row.skill_name})" for row in found])
    if given and _beginning(connection, _PROPOSALS, ROUNDS.c.id, given):
        raise InputError(f"{given!r} is a proposal, not a run; `skillopt ledger show {given}`")
    similar = _similar(connection, _RUNS, RUNS.c, given)
    raise _unknown("run", given, similar, listed="skillopt runs list")


def _beginning(
    connection: Connection, query: Select[Any], column: Any, given: str
) -> list[Row[Any]]:
    """The entry with this id alone; else those whose ids begin so, at most one more than named."""
    exact = connection.execute(query.where(column == given)).first()
    if exact:
        return [exact]
    matching = column.startswith(given, autoescape=True)
    if connection.dialect.name == "sqlite":  # whose LIKE uses no index
        matching = and_(column >= given, column < given + _LAST, matching)
    some = query.where(matching).order_by(column).limit(MOST_NAMED + 1)
    return list(connection.execute(some).all())


def _similar(connection: Connection, query: Select[Any], columns: Any, given: str) -> str | None:
    """An id of the newest entries that looks like ``given``, as far as that goes."""
    newest = connection.execute(query.order_by(columns.seq.desc()).limit(RECENT)).all()
    by_beginning = {str(row.id)[: len(given)]: str(row.id) for row in reversed(newest)}
    close = difflib.get_close_matches(given, by_beginning, n=1, cutoff=0.7)
    return by_beginning[close[0]] if close else None


def _proposal(row: Row[Any]) -> str:
    idea = " ".join(row.idea.split())
    shown = idea if len(idea) <= _LONGEST_IDEA else f"{idea[:_LONGEST_IDEA]}…"
    return f"{row.id} ({row.outcome}: {shown or 'no idea'})"


def _ambiguous(what: str, given: str, candidates: list[str]) -> InputError:
    named = ", ".join(candidates[:MOST_NAMED])
    more = " or another one" if len(candidates) > MOST_NAMED else ""
    return InputError(f"{what} {given!r} could be {named}{more}; type more of the id")


def _unknown(what: str, given: str, similar: str | None, *, listed: str) -> InputError:
    hint = f"did you mean {similar}? " if similar else ""
    return InputError(f"no {what} {given!r} in the ledger; {hint}`{listed}` shows the ids")
