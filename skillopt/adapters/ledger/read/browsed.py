"""What the pages of a ledger show: each question reads a bounded part of a few indexes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, func, select

from skillopt.adapters.ledger.append.transaction import MOST_KEYS
from skillopt.adapters.ledger.db.plain_sql import EngineSql
from skillopt.adapters.ledger.index.run_skills import (
    is_of,
    run_counts,
    skills_named,
)
from skillopt.adapters.ledger.read import run_queries
from skillopt.adapters.ledger.read.filters import passing
from skillopt.adapters.ledger.read.ids import round_id, run_id
from skillopt.adapters.ledger.read.kept_runs import NAMED_BY, source_of
from skillopt.adapters.ledger.read.listings import list_rounds, run_record, run_records
from skillopt.adapters.ledger.schema import mapping
from skillopt.adapters.ledger.schema.tables import (
    EXCHANGES,
    ROLLOUTS,
    ROUNDS,
    RUN_SKILLS,
    RUNS,
    STATE,
    TALLIES,
)
from skillopt.core.history.browsed import (
    MOST_COUNTED,
    Activity,
    Evidence,
    RefusedGroup,
    ShownRollout,
    SkillRow,
)
from skillopt.core.history.run import Exchange
from skillopt.core.history.views import RoundFilter, RunSummary
from skillopt.core.proposals.refusal import Stage
from skillopt.errors import InputError

MOST_SKILLS = 500
RECENT = 10_000
"""Newest rows of the chain among which a run's last sign of life is looked for."""
MOST_ROLLOUTS = 100_000
"""A run's rollouts are counted up to here."""
MOST_REFUSED = 2_000
"""Newest refusals that are grouped by rule."""


def skill_rows(
    connection: Connection, *, start: int = 0, limit: int = MOST_SKILLS
) -> tuple[SkillRow, ...]:
    """The skills, those with the newest runs first, from the one at ``start`` on."""
    shown = _newest_runs(connection)[start : start + limit]
    skills = [one.skill for one in shown]
    refused, counts = _refused_of(connection, skills), run_counts(connection, skills)
    records = {one.id: one for one in run_records(connection, [one.run for one in shown])}
    return tuple(
        SkillRow(
            skill_id=one.skill,
            name=one.name,
            runs=counts[one.skill],
            newest=records[one.run],
            accepted=_accepted(connection, skill=one.skill),
            refused=refused.get(one.skill, 0),
        )
        for one in shown
    )


def skill_names(connection: Connection, *, limit: int = MOST_SKILLS) -> dict[str, str]:
    """What skills are called, by their ids, those with the newest runs first."""
    return {one.skill: one.name for one in _newest_runs(connection)[:limit]}


class _Newest(NamedTuple):
    """A skill's newest run."""

    started: str
    skill: str
    run: str
    name: str


def _newest_runs(connection: Connection) -> list[_Newest]:
    """The newest run of every skill, the newest of these first."""
    # No join to `runs`: a planner might go through all of them.
    query = select(func.max(RUN_SKILLS.c.run), RUN_SKILLS.c.skill).group_by(RUN_SKILLS.c.skill)
    skills = {str(run): str(skill) for run, skill in connection.execute(query)}
    runs = select(RUNS.c.started, RUNS.c.id, RUNS.c.skill_name)
    found = [
        _Newest(started, skills[run], run, name)
        for keys in _portions(list(skills))
        for started, run, name in connection.execute(runs.where(RUNS.c.id.in_(keys)))
    ]
    return sorted(found, reverse=True)


def _portions(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[start : start + MOST_KEYS] for start in range(0, len(keys), MOST_KEYS))


def run_rows(
    connection: Connection, *, skill: str | None, before: str | None, limit: int
) -> tuple[RunSummary, ...]:
    """Runs, newest first, from one run on.

    Args:
        connection: to the ledger.
        skill: only its runs, by name, path or id.
        before: only runs that began before this one, by its whole id.
        limit: maximum number.

    Raises:
        InputError: there is no run ``before``.
    """
    query = select(RUNS.c.id).order_by(RUNS.c.seq.desc()).limit(limit)
    if skill is not None:
        query = query.where(is_of(RUNS.c.id, *skills_named(connection, [skill])))
    if before is not None:
        place = connection.execute(select(RUNS.c.seq).where(RUNS.c.id == before)).scalar()
        if place is None:
            raise InputError(f"no run {before!r} in the ledger; list them from the newest on")
        query = query.where(RUNS.c.seq < place)
    return _summaries(connection, connection.execute(query).scalars().all())


def _summaries(connection: Connection, runs: Sequence[str]) -> tuple[RunSummary, ...]:
    """Runs by their whole ids; their rounds are numbered, so they are not counted."""
    return tuple(
        RunSummary(
            record=record,
            target=record.shown_target,
            identity_unknown=record.identity_unknown,
            rounds=_rounds_of(connection, record.id),
            accepted=_accepted(connection, run=record.id),
            kept_by=record.kept_by,
        )
        for record in run_records(connection, runs)
    )


def named_run(connection: Connection, given: str) -> RunSummary:
    """A run by its id or the beginning of one.

    Raises:
        InputError: no run has it, or several have.
    """
    (found,) = _summaries(connection, [run_id(EngineSql(connection), given)])
    return found


def evidence(connection: Connection, given: str) -> Evidence:
    """The rollouts that a round's optimizer was shown, and its replies, with all texts.

    Raises:
        InputError: no round has that id, or several have.
    """
    place = round_id(EngineSql(connection), given)
    stored = select(ROUNDS.c.document).where(ROUNDS.c.id == place)
    round_ = mapping.round_of(connection.execute(stored).scalar_one())
    shown = {key: f"r{number}" for number, key in enumerate(round_.rollouts, start=1)}
    rows = _rollout_rows(connection, list(shown))
    rollouts = (
        ShownRollout(
            label=label,
            task=row["task_id"],
            score=row["score"],
            rollout=mapping.rollout_of(row) if row["payload"] is not None else None,
        )
        for key, label in shown.items()
        if (row := rows.get(key)) is not None
    )
    return Evidence(
        rollouts=tuple(rollouts), exchanges=_replies(connection, round_.run, round_.number)
    )


def refused_groups(connection: Connection, *, skill: str | None) -> tuple[RefusedGroup, ...]:
    """The newest refusals by the rule that decided, the most frequent first."""
    wanted = RoundFilter(skill=skill, refused=True, limit=MOST_REFUSED)
    places = passing(EngineSql(connection), wanted.wanted(), run=None)
    counts: dict[tuple[Any, ...], list[Any]] = defaultdict(lambda: [0, 0, "", ""])
    loops: dict[str, str | None] = {}
    columns = (
        ROUNDS.c[name] for name in ("seq", "id", "run", "stage", "code", "outcome", "reason")
    )
    query = select(*columns)
    for start in range(0, len(places), MOST_KEYS):
        some = ROUNDS.c.seq.in_(places[start : start + MOST_KEYS])
        for row in connection.execute(query.where(some)):
            if row.run not in loops:
                named = select(*NAMED_BY).where(RUNS.c.id == row.run)
                loops[row.run] = source_of(connection.execute(named).one())
            found = counts[row.stage, row.code, row.outcome, loops[row.run]]
            found[0] += 1
            found[1:] = max(found[1:], [row.seq, row.id, row.reason])
    groups = (
        RefusedGroup(
            stage=Stage(stage),
            code=code,
            outcome=outcome,
            kept_by=loop,
            rounds=rounds,
            newest=newest,
            reason=reason,
        )
        for (stage, code, outcome, loop), (rounds, _, newest, reason) in counts.items()
    )
    return tuple(sorted(groups, key=lambda group: (-group.rounds, group.stage, group.code)))


def activity(connection: Connection, given: str) -> Activity:
    """What a run is at.

    Raises:
        InputError: no run has that id, or several have.
    """
    run = run_id(EngineSql(connection), given)
    asked, asked_at = _newest_exchange(connection, run)
    times = (asked_at, _newest_created(connection, ROLLOUTS, run))
    rounds = list_rounds(connection, RoundFilter(run=run, limit=5))
    seen = [*filter(None, times), *(one.created for one in rounds[:1])]
    some = select(ROLLOUTS.c.run).where(ROLLOUTS.c.run == run).limit(MOST_ROLLOUTS).subquery()
    return Activity(
        record=run_record(connection, run),
        rounds=_rounds_of(connection, run),
        newest=rounds,
        usage=run_queries.usage(connection, run),
        rollouts=connection.execute(select(func.count()).select_from(some)).scalar_one(),
        step=asked,
        seen=max(seen, default=None),
    )


def _accepted(connection: Connection, *, skill: str | None = None, run: str | None = None) -> int:
    wanted = RoundFilter(skill=skill, outcome="accepted", limit=MOST_COUNTED)
    return len(passing(EngineSql(connection), wanted.wanted(), run=run))


def _refused_of(connection: Connection, skills: Sequence[str]) -> dict[str, int]:
    """How much was refused, by skill: kept up to date as it is entered."""
    query = select(TALLIES.c.skill_id, func.sum(TALLIES.c.count)).where(
        TALLIES.c.idea == "", TALLIES.c.skill_id.in_(skills)
    )
    # Each stage and outcome that there is, by the primary key: the ideas are not gone through.
    places = TALLIES.c.stage.in_([stage.value for stage in Stage])
    outcomes = TALLIES.c.outcome.in_(("rejected", "inconclusive"))
    found = connection.execute(query.where(places, outcomes).group_by(TALLIES.c.skill_id))
    return {skill: int(refused) for skill, refused in found}


def _rounds_of(connection: Connection, run: str) -> int:
    newest = select(func.max(ROUNDS.c.number)).where(ROUNDS.c.run == run)
    return connection.execute(newest).scalar() or 0


def _rollout_rows(connection: Connection, keys: Sequence[str]) -> Mapping[str, dict[str, Any]]:
    """The row of each key: one that has its answer before one that has not, then the oldest."""
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(keys), MOST_KEYS):
        query = select(ROLLOUTS).where(ROLLOUTS.c.key.in_(keys[start : start + MOST_KEYS]))
        rows = map(dict, connection.execute(query.order_by(ROLLOUTS.c.seq)).mappings())
        for row in rows:
            if row["key"] not in found or _better(row, found[row["key"]]):
                found[row["key"]] = row
    return found


def _better(row: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    return _rank(row) > _rank(known)


def _rank(row: Mapping[str, Any]) -> tuple[bool, bool]:
    return row["status"] == "graded", row["payload"] is not None


def _replies(connection: Connection, run: str, number: int) -> tuple[Exchange, ...]:
    own = EXCHANGES.c.key.startswith(f"{number}/", autoescape=True)
    query = select(EXCHANGES).where(EXCHANGES.c.run == run, own, EXCHANGES.c.payload.is_not(None))
    rows: Iterable[Any] = connection.execute(query.order_by(EXCHANGES.c.seq)).mappings()
    return tuple(mapping.exchange_of(dict(row)) for row in rows)


def _newest_exchange(connection: Connection, run: str) -> tuple[str | None, datetime | None]:
    query = select(EXCHANGES.c.key, EXCHANGES.c.created).where(*_recent(connection, EXCHANGES, run))
    row = connection.execute(query.order_by(EXCHANGES.c.seq.desc()).limit(1)).first()
    return (row.key, datetime.fromisoformat(row.created)) if row else (None, None)


def _newest_created(connection: Connection, table: Table, run: str) -> datetime | None:
    query = select(table.c.created).where(*_recent(connection, table, run))
    found = connection.execute(query.order_by(table.c.seq.desc()).limit(1)).scalar()
    return datetime.fromisoformat(found) if found else None


def _recent(connection: Connection, table: Table, run: str) -> tuple[Any, ...]:
    """A run's rows among the newest of the chain; there is no index of a run's rows by number."""
    last = connection.execute(select(STATE.c.seq)).scalar() or 0
    return (table.c.seq > last - RECENT, table.c.run + "" == run)
