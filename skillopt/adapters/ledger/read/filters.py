"""Which rounds pass a filter, newest first, without reading the table.

Each condition alone has an index that gives its rounds in order. The rarest one *leads*: its rounds
are gone through from the newest on, and the others are looked up for each, until enough are found.
No database is left to guess which one that is: planners know how often a column has a value on
average, not how often this one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Join,
    Select,
    and_,
    column,
    exists,
    func,
    select,
    table,
    text,
    union_all,
)

from skillopt.adapters.ledger.index.round_keys import Kind, round_key
from skillopt.adapters.ledger.index.run_skills import is_of, skills_named
from skillopt.adapters.ledger.schema.full_text import full_text
from skillopt.adapters.ledger.schema.tables import ROUND_KEYS, ROUNDS
from skillopt.core.history.views import RoundFilter
from skillopt.core.redaction import redacted
from skillopt.errors import InputError

DENSE = 10_000
"""Rounds from which on a condition counts as frequent: they are not counted further."""

WORDS_ARE_DEAR = 10
"""Full-text search answers for one round in the time in which ten are read."""

_SEARCH = table("round_search", column("rowid"), column("round_search"))


class Way(NamedTuple):
    """An index that gives the rounds of one value in order."""

    source: FromClause
    """Rows with one of `rounds` each."""
    seq: ColumnElement[int]
    """The round's number, by which the index is sorted."""
    here: ColumnElement[bool]
    """Which part of the index it is."""


class Condition(NamedTuple):
    """One condition of a filter."""

    ways: tuple[Way, ...]
    """Together they give the rounds that meet it; no round comes twice."""
    met: ColumnElement[bool]
    """Whether a round of `rounds` meets it, written so that no planner takes an index for it."""
    dear: int = 1
    """How many rounds can be gone through while it is looked up for one."""


ALL = Condition((Way(ROUNDS, ROUNDS.c.seq, and_(True)),), and_(True))


def passing(connection: Connection, wanted: RoundFilter, *, run: str | None) -> list[int]:
    """The newest rounds that pass, by their numbers in the chain, newest first.

    Args:
        connection: to the ledger.
        wanted: the filter.
        run: the whole id of the run it names.

    Raises:
        InputError: there is no word to look for in its text.
    """
    conditions = _conditions(connection, wanted, run)
    when, below = _when(wanted), _place(connection, wanted.before)
    if when is None and len(conditions) == 1:  # there is nothing to compare
        return _led(connection, conditions[0], conditions, (), wanted.limit, below)
    price, leader = _rarest(connection, conditions)
    if when is None:
        return _led(connection, leader, conditions, (), wanted.limit, below)
    rounds, first, last = _window(connection, when)
    if rounds < DENSE and rounds <= price:
        here = when if below is None else when & (ROUNDS.c.seq < below)
        return _sorted(connection, here, conditions, wanted.limit)
    within = (when, ROUNDS.c.seq.between(first, last))
    return _led(connection, leader, conditions, within, wanted.limit, below)


def _place(connection: Connection, before: str | None) -> int | None:
    """Where in the chain a page begins.

    Raises:
        InputError: there is no such round.
    """
    if before is None:
        return None
    found = connection.execute(select(ROUNDS.c.seq).where(ROUNDS.c.id == before)).scalar()
    if found is None:
        raise InputError(f"no proposal {before!r} in the ledger; list them from the newest on")
    return int(found)


def counted(connection: Connection, wanted: RoundFilter, *, run: str | None) -> int:
    """How many rounds pass, whatever the filter's limit.

    Args:
        connection: to the ledger.
        wanted: the filter.
        run: the whole id of the run it names.

    Raises:
        InputError: there is no word to look for in its text.
    """
    conditions = _conditions(connection, wanted, run)
    when = _when(wanted)
    leader = _rarest(connection, conditions)[1] if len(conditions) > 1 else (*conditions, ALL)[0]
    others = [condition.met for condition in conditions if condition is not leader]
    if when is not None:
        others.append(when)
    queries = (
        select(func.count()).select_from(way.source).where(way.here, *others) for way in leader.ways
    )
    return sum(connection.execute(query).scalar_one() for query in queries)


def _sorted(
    connection: Connection,
    when: ColumnElement[bool],
    conditions: Sequence[Condition],
    limit: int,
) -> list[int]:
    """All rounds of a short time are looked at, and put in order afterwards."""
    query = select(ROUNDS.c.seq).where(when, *(condition.met for condition in conditions))
    # The sum keeps a planner from going through all rounds in their order instead.
    newest = (ROUNDS.c.seq + 0).desc()
    return list(connection.execute(query.order_by(newest).limit(limit)).scalars())


def _led(
    connection: Connection,
    leader: Condition,
    conditions: Sequence[Condition],
    within: Sequence[ColumnElement[bool]],
    limit: int,
    below: int | None,
) -> list[int]:
    """The rounds of one condition are gone through from the newest on, or from a page's end."""
    others = [condition.met for condition in conditions if condition is not leader]
    each = [
        select(way.seq.label("seq"))
        .select_from(way.source)
        .where(way.here, *others, *within, *([] if below is None else [way.seq < below]))
        for way in leader.ways
    ]
    if len(each) == 1:
        query: Any = each[0].order_by(leader.ways[0].seq.desc())
    else:
        query = union_all(*each).order_by(text("seq DESC"))
    return list(connection.execute(query.limit(limit)).scalars())


def _rarest(connection: Connection, conditions: Sequence[Condition]) -> tuple[float, Condition]:
    """The condition whose rounds are looked at for least, and that price; of equals the first."""
    priced = [(_price(connection, condition), condition) for condition in conditions]
    return min(priced, key=lambda one: one[0], default=(math.inf, ALL))


def _price(connection: Connection, condition: Condition) -> float:
    """Rounds to look at when it leads, in rounds for whose sake it is not looked up itself."""
    most = DENSE * condition.dear
    counted = sum(connection.execute(_counting(way, most)).scalar_one() for way in condition.ways)
    return min(most, counted) / condition.dear


def _counting(way: Way, most: int) -> Select[int]:
    # Without the join to `rounds`, which has a row for each of them.
    alone = way.source.left if isinstance(way.source, Join) else way.source
    some = select(way.seq).select_from(alone).where(way.here).limit(most)
    return select(func.count()).select_from(some.subquery())


def _conditions(connection: Connection, wanted: RoundFilter, run: str | None) -> list[Condition]:
    stage = wanted.stage.value if wanted.stage else None
    found = [
        *_of_column(ROUNDS.c.run, run),
        *_of_skill(connection, wanted.skill),
        *_of_column(ROUNDS.c.outcome, wanted.outcome),
        *_of_column(ROUNDS.c.stage, stage),
        *_of_column(ROUNDS.c.code, wanted.code),
        *_of_key("criterion", wanted.criterion),
        *_of_key("section", wanted.section),
    ]
    if wanted.refused:
        found.append(_any_of(ROUNDS.c.outcome, "rejected", "inconclusive"))
    if wanted.text is not None:
        found.append(_of_text(connection, wanted.text))
    return found


def _of_column(place: ColumnElement[str], value: str | None) -> list[Condition]:
    return [] if value is None else [_any_of(place, value)]


def _of_skill(connection: Connection, given: str | None) -> list[Condition]:
    """The rounds of all skills that a name or path stands for."""
    if given is None:
        return []
    skills = skills_named(connection, [given])
    ways = tuple(_way(round_key("skill", skill)) for skill in skills)
    return [Condition(ways, is_of(ROUNDS.c.run + "", *skills))]


def _any_of(place: ColumnElement[str], *values: str) -> Condition:
    ways = tuple(Way(ROUNDS, ROUNDS.c.seq, place == value) for value in values)
    return Condition(ways, (place + "").in_(values))


def _of_key(kind: Kind, name: str | None) -> list[Condition]:
    if name is None:
        return []
    way = _way(round_key(kind, redacted(name)))
    met = exists().where(way.here, ROUND_KEYS.c.seq == ROUNDS.c.seq).correlate(ROUNDS)
    return [Condition((way,), met)]


def _way(key: int) -> Way:
    """The rounds that are filed under a key."""
    joined = ROUND_KEYS.join(ROUNDS, ROUNDS.c.seq == ROUND_KEYS.c.seq)
    return Way(joined, ROUND_KEYS.c.seq, ROUND_KEYS.c.key == key)


def _of_text(connection: Connection, wanted: str) -> Condition:
    matches = full_text(wanted, connection.dialect.name)
    if connection.dialect.name == "sqlite":
        joined = _SEARCH.join(ROUNDS, ROUNDS.c.seq == _SEARCH.c.rowid)
        met = exists().where(matches, _SEARCH.c.rowid == ROUNDS.c.seq).correlate(ROUNDS)
        return Condition((Way(joined, _SEARCH.c.rowid, matches),), met, dear=WORDS_ARE_DEAR)
    # The offset keeps PostgreSQL from parsing a round's words again where it could use its index.
    found = select(ROUNDS.c.seq).where(matches).offset(0).correlate(None)
    hits = found.subquery()
    way = Way(hits.join(ROUNDS, ROUNDS.c.seq == hits.c.seq), hits.c.seq, and_(True))
    return Condition((way,), ROUNDS.c.seq.in_(found), dear=WORDS_ARE_DEAR)


def _when(wanted: RoundFilter) -> ColumnElement[bool] | None:
    bounds = []
    if wanted.since:
        bounds.append(ROUNDS.c.created >= _stamp(wanted.since))
    if wanted.until:
        bounds.append(ROUNDS.c.created <= _stamp(wanted.until))
    return and_(*bounds) if bounds else None


def _window(connection: Connection, when: ColumnElement[bool]) -> tuple[int, int, int]:
    """How many rounds of a time there are, and the numbers between which they are."""
    seq = ROUNDS.c.seq
    # The sums keep a planner to the index of times: it holds the numbers, too.
    query = select(func.count(), func.min(seq + 0), func.max(seq + 0)).where(when)
    rounds, first, last = connection.execute(query).one()
    return rounds, first or 0, last or 0


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
