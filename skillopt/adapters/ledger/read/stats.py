"""The ledger in numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from skillopt.adapters.ledger.index.run_skills import all_skills, is_of, name_of, skills_named
from skillopt.adapters.ledger.read import run_queries
from skillopt.adapters.ledger.read.kept_runs import kept_runs
from skillopt.adapters.ledger.schema.tables import EXCHANGES, ROLLOUTS, ROUNDS, RUNS, VERSIONS
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.history.forecasts import Forecasts, forecasts_of
from skillopt.core.history.run import NOBODY
from skillopt.core.history.views import KeptStats, RefusedBy, SkillStats, Stats
from skillopt.core.proposals.candidate_criteria import candidate_criteria

MOST_ROUNDS = 100
"""Rounds of a skill whose critiques are looked through for criteria."""


def stats(connection: Connection, *, skill: str | None) -> Stats:
    """Count; ``skill`` narrows the record by skill, the rest is of the whole ledger."""
    statuses = select(ROLLOUTS.c.status, func.count()).group_by(ROLLOUTS.c.status)
    counts: dict[str, int] = dict(connection.execute(statuses).all())
    return Stats(
        skills=tuple(_of_skill(connection, one) for one in _skills(connection, skill)),
        versions=connection.execute(select(func.count()).select_from(VERSIONS)).scalar_one(),
        rollouts=sum(counts.values()),
        missing=counts.get("missing", 0),
        exchanges=connection.execute(select(func.count()).select_from(EXCHANGES)).scalar_one(),
        usage=_paid(connection),
    )


def _skills(connection: Connection, skill: str | None) -> list[tuple[str, str]]:
    """Ids and names of the skills, by name; a skill's name is the one of its newest run."""
    ids = all_skills(connection) if skill is None else skills_named(connection, [skill])
    return sorted(((one, name_of(connection, one)) for one in ids), key=lambda one: one[::-1])


def _of_skill(connection: Connection, skill: tuple[str, str]) -> SkillStats:
    found, name = skill
    theirs = kept_runs(connection, found)
    columns = (ROUNDS.c.outcome, ROUNDS.c.stage, ROUNDS.c.code)
    own = is_of(ROUNDS.c.run, found) & ROUNDS.c.run.not_in(theirs)
    query = select(*columns, func.count().label("rounds")).where(own)
    rows = connection.execute(query.group_by(*columns)).mappings().all()
    by_outcome = dict.fromkeys(("accepted", "rejected", "inconclusive"), 0)
    for row in rows:
        by_outcome[row["outcome"]] += row["rounds"]
    refused = [RefusedBy.model_validate(dict(row)) for row in rows if row["outcome"] != "accepted"]
    runs = select(func.count()).select_from(RUNS).where(is_of(RUNS.c.id, found))
    runs = runs.where(RUNS.c.id.not_in(theirs))
    return SkillStats(
        skill=name,
        skill_id=found,
        runs=connection.execute(runs).scalar_one(),
        rounds=sum(by_outcome.values()),
        refused=tuple(sorted(refused, key=lambda one: (-one.rounds, one.stage, one.code))),
        forecasts=_forecasts(connection, found),
        candidate_criteria=candidate_criteria(
            critique
            for round_ in run_queries.newest_rounds(connection, found, MOST_ROUNDS)
            for critique in round_.critiques
        ),
        kept=_kept(connection, theirs),
        **by_outcome,
    )


def _kept(connection: Connection, runs: Mapping[str, str]) -> tuple[KeptStats, ...]:
    """What other loops have tried, by loop."""
    columns = (ROUNDS.c.run, ROUNDS.c.outcome)
    query = select(*columns, func.count().label("n")).where(ROUNDS.c.run.in_(runs))
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in connection.execute(query.group_by(*columns)):
        counts[runs[row.run]][row.outcome] += row.n
    names = ("accepted", "rejected", "inconclusive")
    return tuple(
        KeptStats(source=source, **{name: found[name] for name in names})
        for source, found in sorted(counts.items())
    )


def _forecasts(connection: Connection, skill: str) -> Forecasts | None:
    """Of the proposals of an optimizer; 0 stands for a prediction that it did not make."""
    predicted, measured = ROUNDS.c.predicted_gain, ROUNDS.c.gain
    error = predicted - measured
    query = (
        select(
            func.count(),
            *(func.sum(one) for one in (predicted, measured, error * error, measured * measured)),
        )
        .join_from(ROUNDS, RUNS, ROUNDS.c.run == RUNS.c.id)
        .where(is_of(ROUNDS.c.run, skill), RUNS.c.optimizer != NOBODY)
        .where(predicted != 0, measured.is_not(None))
    )
    proposals, *sums = connection.execute(query).one()
    predicted_sum, measured_sum, errors, squares = (float(one or 0.0) for one in sums)
    return forecasts_of(
        proposals=int(proposals),
        predicted=predicted_sum,
        measured=measured_sum,
        errors=errors,
        squares=squares,
    )


def _paid(connection: Connection) -> Usage:
    total = Usage()
    for table in (ROLLOUTS, EXCHANGES):
        columns = table.c
        query = select(
            func.count(),
            func.count(columns.cost),
            *(func.sum(columns[name]) for name in ("calls", "prompt_tokens", "completion_tokens")),
            func.sum(columns.cost),
        )
        rows, priced, calls, prompt, completion, cost = connection.execute(query).one()
        total += Usage(
            calls=int(calls or 0),
            prompt_tokens=int(prompt or 0),
            completion_tokens=int(completion or 0),
            cost=float(cost or 0.0) if rows == priced else None,
        )
    return total
