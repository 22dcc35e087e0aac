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
from typing import NamedTuple

from skillopt.adapters.ledger.db.plain_sql import Clause, PlainSql, all_of, joined, one_of
from skillopt.adapters.ledger.index.keys import Kind, round_key
from skillopt.adapters.ledger.index.named_skills import named_skills
from skillopt.adapters.ledger.schema.full_text import VECTOR, query_of
from skillopt.core.history.listed_round import WantedRounds
from skillopt.core.redaction import redacted
from skillopt.errors import InputError

DENSE = 10_000
"""Rounds from which on a condition counts as frequent: they are not counted further."""

WORDS_ARE_DEAR = 10
"""Full-text search answers for one round in the time in which ten are read."""

_ALWAYS = Clause("1 = 1")
_ROOM_FOR_HITS = Clause(
    "SELECT set_config('work_mem', '128MB', true) "
    "WHERE pg_size_bytes(current_setting('work_mem')) < pg_size_bytes('128MB')"
)
"""For one transaction. With PostgreSQL's 4 MB the hits of a common word among a million rounds are
kept as pages, and the words of every round on these are parsed again: 14 s instead of 0.5 s. 128 MB
hold the hits among some ten million."""


class Way(NamedTuple):
    """An index that gives the rounds of one value in order."""

    source: Clause
    """Rows with one of `rounds` each."""
    alone: Clause
    """The same without the join to `rounds`, which has a row for each of them."""
    seq: str
    """The round's number, by which the index is sorted."""
    here: Clause
    """Which part of the index it is."""


class Condition(NamedTuple):
    """One condition of a filter."""

    ways: tuple[Way, ...]
    """Together they give the rounds that meet it; no round comes twice."""
    met: Clause
    """Whether a round of `rounds` meets it, written so that no planner takes an index for it."""
    dear: int = 1
    """How many rounds can be gone through while it is looked up for one."""


_ROUNDS = Clause("rounds")
ALL = Condition((Way(_ROUNDS, _ROUNDS, "rounds.seq", _ALWAYS),), _ALWAYS)


def passing(sql: PlainSql, wanted: WantedRounds, *, run: str | None) -> list[int]:
    """The newest rounds that pass, by their numbers in the chain, newest first.

    Args:
        sql: to the ledger.
        wanted: the filter.
        run: the whole id of the run it names.

    Raises:
        InputError: there is no word to look for in its text.
    """
    conditions = _conditions(sql, wanted, run)
    when, below = _when(sql, wanted), _place(sql, wanted.before)
    if when is None and len(conditions) == 1:  # there is nothing to compare
        return _led(sql, conditions[0], conditions, (), wanted.limit, below)
    price, leader = _rarest(sql, conditions)
    if when is None:
        return _led(sql, leader, conditions, (), wanted.limit, below)
    rounds, first, last = _window(sql, when)
    if rounds < DENSE and rounds <= price:
        here = all_of((when, *_below("rounds.seq", below)))
        return _sorted(sql, here, conditions, wanted.limit)
    within = (when, Clause("rounds.seq BETWEEN ? AND ?", (first, last)))
    return _led(sql, leader, conditions, within, wanted.limit, below)


def _place(sql: PlainSql, before: str | None) -> int | None:
    """Where in the chain a page begins.

    Raises:
        InputError: there is no such round.
    """
    if before is None:
        return None
    found = sql.rows(Clause("SELECT seq FROM rounds WHERE id = ?", (before,)))
    if not found:
        raise InputError(f"no proposal {before!r} in the ledger; list them from the newest on")
    return int(found[0][0])


def _below(seq: str, below: int | None) -> tuple[Clause, ...]:
    return () if below is None else (Clause(f"{seq} < ?", (below,)),)


def counted(sql: PlainSql, wanted: WantedRounds, *, run: str | None) -> int:
    """How many rounds pass, whatever the filter's limit.

    Args:
        sql: to the ledger.
        wanted: the filter.
        run: the whole id of the run it names.

    Raises:
        InputError: there is no word to look for in its text.
    """
    conditions = _conditions(sql, wanted, run)
    when = _when(sql, wanted)
    leader = _rarest(sql, conditions)[1] if len(conditions) > 1 else (*conditions, ALL)[0]
    others = [condition.met for condition in conditions if condition is not leader]
    if when is not None:
        others.append(when)
    return sum(
        _figure(sql, "SELECT count(*) FROM", way.source, "WHERE", all_of((way.here, *others)))
        for way in leader.ways
    )


def _sorted(sql: PlainSql, when: Clause, conditions: Sequence[Condition], limit: int) -> list[int]:
    """All rounds of a short time are looked at, and put in order afterwards."""
    met = all_of((when, *(condition.met for condition in conditions)))
    # The sum keeps a planner from going through all rounds in their order instead.
    newest = Clause("ORDER BY rounds.seq + 0 DESC LIMIT ?", (limit,))
    return _places(sql, "SELECT rounds.seq FROM rounds WHERE", met, newest)


def _led(
    sql: PlainSql,
    leader: Condition,
    conditions: Sequence[Condition],
    within: Sequence[Clause],
    limit: int,
    below: int | None,
) -> list[int]:
    """The rounds of one condition are gone through from the newest on, or from a page's end."""
    others = [condition.met for condition in conditions if condition is not leader]
    each = [
        joined(
            (
                f"SELECT {way.seq} AS seq FROM",
                way.source,
                "WHERE",
                all_of((way.here, *others, *within, *_below(way.seq, below))),
                Clause(f"ORDER BY {way.seq} DESC LIMIT ?", (limit,)),
            )
        )
        for way in leader.ways
    ]
    if len(each) == 1:
        return _places(sql, *each)
    # Each part has its own end: PostgreSQL may otherwise sort all of them.
    parts = [joined(("SELECT seq FROM (", one, ") AS newest")) for one in each]
    newest = Clause("ORDER BY seq DESC LIMIT ?", (limit,))
    return _places(sql, joined(parts, " UNION ALL "), newest)


def _rarest(sql: PlainSql, conditions: Sequence[Condition]) -> tuple[float, Condition]:
    """The condition whose rounds are looked at for least, and that price; of equals the first."""
    priced = [(_price(sql, condition), condition) for condition in conditions]
    return min(priced, key=lambda one: one[0], default=(math.inf, ALL))


def _price(sql: PlainSql, condition: Condition) -> float:
    """Rounds to look at when it leads, in rounds for whose sake it is not looked up itself."""
    most = DENSE * condition.dear
    counted = sum(_up_to(sql, way, most) for way in condition.ways)
    return min(most, counted) / condition.dear


def _up_to(sql: PlainSql, way: Way, most: int) -> int:
    some = (f"SELECT {way.seq} FROM", way.alone, "WHERE", way.here, Clause("LIMIT ?", (most,)))
    return _figure(sql, "SELECT count(*) FROM (", *some, ") AS looked_at")


def _conditions(sql: PlainSql, wanted: WantedRounds, run: str | None) -> list[Condition]:
    stage = wanted.stage.value if wanted.stage else None
    found = [
        *_of_skill_and_outcome(sql, wanted, run),
        *_of_column("rounds.run", run),
        *_of_skill(sql, wanted.skill),
        *_of_column("rounds.outcome", wanted.outcome),
        *_of_column("rounds.stage", stage),
        *_of_column("rounds.code", wanted.code),
        *_of_key("criterion", wanted.criterion),
        *_of_key("section", wanted.section),
    ]
    if wanted.refused:
        # Most rounds are refused: an inequality is what planners expect of most.
        ways = _any_of("rounds.outcome", "rejected", "inconclusive").ways
        found.append(Condition(ways, Clause("(rounds.outcome || '') <> ?", ("accepted",))))
    if wanted.text is not None:
        found.append(_of_text(sql, wanted.text))
    return found


def _of_column(place: str, value: str | None) -> list[Condition]:
    return [] if value is None else [_any_of(place, value)]


def _of_skill(sql: PlainSql, given: str | None) -> list[Condition]:
    """The rounds of all skills that a name or path stands for."""
    if given is None:
        return []
    skills = named_skills(sql, [given])
    ways = tuple(_way(round_key("skill", skill)) for skill in skills)
    runs = joined(("SELECT run FROM run_skills WHERE", one_of("skill", skills)))
    return [Condition(ways, joined(("(rounds.run || '') IN (", runs, ")")))]


def _of_skill_and_outcome(sql: PlainSql, wanted: WantedRounds, run: str | None) -> list[Condition]:
    """The rounds of one outcome of the skills, or of the run's skill, by the names of their runs.

    Both may have ten thousands of rounds, and hardly any together: no index of one shows that.
    """
    if wanted.outcome is None:
        return []
    if run is not None:
        runs = Clause("runs WHERE runs.id = ?", (run,))
    elif wanted.skill is not None:
        own = one_of("run_skills.skill", named_skills(sql, [wanted.skill]))
        runs = joined(("run_skills JOIN runs ON runs.id = run_skills.run WHERE", own))
    else:
        return []
    names = sql.rows(joined(("SELECT DISTINCT runs.skill_name FROM", runs)))
    here = "rounds.skill_name = ? AND rounds.outcome = ?"
    ways = tuple(
        Way(_ROUNDS, _ROUNDS, "rounds.seq", Clause(here, (name, wanted.outcome)))
        for (name,) in names
    )
    return [Condition(ways, _ALWAYS)] if ways else []


def _any_of(place: str, *values: str) -> Condition:
    ways = tuple(
        Way(_ROUNDS, _ROUNDS, "rounds.seq", Clause(f"{place} = ?", (value,))) for value in values
    )
    return Condition(ways, one_of(f"({place} || '')", values))


def _of_key(kind: Kind, name: str | None) -> list[Condition]:
    if name is None:
        return []
    way = _way(round_key(kind, redacted(name)))
    rows = ("SELECT * FROM round_keys WHERE", way.here, "AND round_keys.seq = rounds.seq")
    return [Condition((way,), joined(("EXISTS (", *rows, ")")))]


def _way(key: int) -> Way:
    """The rounds that are filed under a key."""
    filed = Clause("round_keys JOIN rounds ON rounds.seq = round_keys.seq")
    return Way(filed, Clause("round_keys"), "round_keys.seq", Clause("round_keys.key = ?", (key,)))


def _of_text(sql: PlainSql, wanted: str) -> Condition:
    query = query_of(wanted, sql.dialect)
    if sql.dialect == "sqlite":
        matches = Clause("round_search.round_search MATCH ?", (query,))
        found = Clause("round_search JOIN rounds ON rounds.seq = round_search.rowid")
        way = Way(found, Clause("round_search"), "round_search.rowid", matches)
        rows = ("SELECT * FROM round_search WHERE", matches, "AND round_search.rowid = rounds.seq")
        return Condition((way,), joined(("EXISTS (", *rows, ")")), dear=WORDS_ARE_DEAR)
    sql.rows(_ROOM_FOR_HITS)
    # The offset keeps PostgreSQL from parsing a round's words again where it could use its index.
    having = f"{VECTOR} @@ websearch_to_tsquery('english', ?)"
    hits = Clause(f"(SELECT rounds.seq AS seq FROM rounds WHERE {having} OFFSET 0)", (query,))  # noqa: S608
    alone = joined((hits, "AS hits"))
    way = Way(joined((alone, "JOIN rounds ON rounds.seq = hits.seq")), alone, "hits.seq", _ALWAYS)
    return Condition((way,), joined(("rounds.seq IN", hits)), dear=WORDS_ARE_DEAR)


def _when(sql: PlainSql, wanted: WantedRounds) -> Clause | None:
    """The bounds of its time that a round is beyond; the others need not be looked at."""
    given = (("<", ">=", wanted.since), (">", "<=", wanted.until))
    bounds = [
        Clause(f"rounds.created {within} ?", (_stamp(moment),))
        for beyond, within, moment in given
        if moment and _any_created(sql, beyond, moment)
    ]
    return all_of(bounds) if bounds else None


def _any_created(sql: PlainSql, beyond: str, moment: datetime) -> bool:
    asked = f"SELECT rounds.created FROM rounds WHERE rounds.created {beyond} ? LIMIT 1"  # noqa: S608
    return bool(sql.rows(Clause(asked, (_stamp(moment),))))


def _window(sql: PlainSql, when: Clause) -> tuple[int, int, int]:
    """How many rounds of a time there are, and the numbers between which they are."""
    # The sums keep a planner to the index of times: it holds the numbers, too.
    asked = "SELECT count(*), min(rounds.seq + 0), max(rounds.seq + 0) FROM rounds WHERE"
    rounds, first, last = sql.rows(joined((asked, when)))[0]
    return rounds, first or 0, last or 0


def _places(sql: PlainSql, *parts: Clause | str) -> list[int]:
    return [row[0] for row in sql.rows(joined(parts))]


def _figure(sql: PlainSql, *parts: Clause | str) -> int:
    figure: int = sql.rows(joined(parts))[0][0]
    return figure


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
