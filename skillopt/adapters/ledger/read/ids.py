"""Ids as people type them: the beginning of one will do, and a wrong one gets the way out."""

from __future__ import annotations

import difflib
import re
from typing import NamedTuple

from skillopt.adapters.ledger.db.plain_sql import Clause, PlainSql, all_of, joined
from skillopt.errors import InputError

MOST_NAMED = 5
"""Candidates that a message names."""
RECENT = 500
"""Newest entries among which a similar id is looked for."""
_LONGEST_IDEA = 40
_LAST = "\U0010ffff"
"""Sorts behind every character of an id."""


class _Entry(NamedTuple):
    """An id, and what a message says of it."""

    id: str
    about: str


_PROPOSALS = "SELECT id, outcome, idea FROM rounds"
_RUNS = "SELECT id, skill_name FROM runs"


def round_id(sql: PlainSql, given: str) -> str:
    """The whole id of the proposal that ``given`` is the id of, or the beginning of one.

    Raises:
        InputError: no proposal has it, or several have; the message names them.
    """
    found = _beginning(sql, _PROPOSALS, given)
    if len(found) == 1:
        return found[0].id
    if found:
        raise _ambiguous("proposal", given, found)
    if given and _beginning(sql, _RUNS, given):
        raise InputError(f"{given!r} is a run, not a proposal; `skillopt runs show {given}`")
    similar = _similar(sql, _PROPOSALS, given)
    raise _unknown("proposal", given, similar, listed="skillopt ledger list")


def run_id(sql: PlainSql, given: str) -> str:
    """The whole id of the run that ``given`` is the id of, or the beginning of one.

    Raises:
        InputError: no run has it, or several have; the message names them.
    """
    found = _beginning(sql, _RUNS, given)
    if len(found) == 1:
        return found[0].id
    if found:
        raise _ambiguous("run", given, found)
    if given and _beginning(sql, _PROPOSALS, given):
        raise InputError(f"{given!r} is a proposal, not a run; `skillopt ledger show {given}`")
    similar = _similar(sql, _RUNS, given)
    raise _unknown("run", given, similar, listed="skillopt runs list")


def _beginning(sql: PlainSql, query: str, given: str) -> list[_Entry]:
    """The entry with this id alone; else those whose ids begin so, at most one more than named."""
    exact = _entries(sql, Clause(f"{query} WHERE id = ?", (given,)))
    if exact:
        return exact
    pattern = re.sub(r"[/%_]", r"/\g<0>", given) + "%"
    matching = Clause("id LIKE ? ESCAPE '/'", (pattern,))
    if sql.dialect == "sqlite":  # whose LIKE uses no index
        between = Clause("id >= ? AND id < ?", (given, given + _LAST))
        matching = all_of((between, matching))
    some = joined((f"{query} WHERE", matching, f"ORDER BY id LIMIT {MOST_NAMED + 1}"))
    return _entries(sql, some)


def _similar(sql: PlainSql, query: str, given: str) -> str | None:
    """An id of the newest entries that looks like ``given``, as far as that goes."""
    newest = _entries(sql, Clause(f"{query} ORDER BY seq DESC LIMIT {RECENT}"))
    by_beginning = {entry.id[: len(given)]: entry.id for entry in reversed(newest)}
    close = difflib.get_close_matches(given, by_beginning, n=1, cutoff=0.7)
    return by_beginning[close[0]] if close else None


def _entries(sql: PlainSql, query: Clause) -> list[_Entry]:
    return [_Entry(str(first), _about(*rest)) for first, *rest in sql.rows(query)]


def _about(first: str, idea: str | None = None) -> str:
    """Of a proposal its verdict and idea, of a run its skill."""
    if idea is None:
        return f"of {first}"
    line = " ".join(idea.split())
    shown = line if len(line) <= _LONGEST_IDEA else f"{line[:_LONGEST_IDEA]}…"
    return f"{first}: {shown or 'no idea'}"


def _ambiguous(what: str, given: str, candidates: list[_Entry]) -> InputError:
    named = ", ".join(f"{entry.id} ({entry.about})" for entry in candidates[:MOST_NAMED])
    more = " or another one" if len(candidates) > MOST_NAMED else ""
    return InputError(f"{what} {given!r} could be {named}{more}; type more of the id")


def _unknown(what: str, given: str, similar: str | None, *, listed: str) -> InputError:
    hint = f"did you mean {similar}? " if similar else ""
    return InputError(f"no {what} {given!r} in the ledger; {hint}`{listed}` shows the ids")
