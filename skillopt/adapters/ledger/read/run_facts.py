"""A run with all that a report shows, read in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, func, select

from skillopt.adapters.ledger.append.transaction import MOST_KEYS
from skillopt.adapters.ledger.db.plain_sql import EngineSql
from skillopt.adapters.ledger.read import run_queries
from skillopt.adapters.ledger.read.approvals import waiting_id
from skillopt.adapters.ledger.read.ids import run_id
from skillopt.adapters.ledger.read.listings import alone, run_record
from skillopt.adapters.ledger.schema import mapping
from skillopt.adapters.ledger.schema.tables import EXCHANGES, ROLLOUTS
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.history.run import Round
from skillopt.core.report.facts import ReplySpend, RunFacts, TaskSpend
from skillopt.core.skill.skill import Skill


def run_facts(connection: Connection, given: str) -> RunFacts:
    """A run by its id or the beginning of one; no answers and no prompts are read.

    Raises:
        InputError: no run has it, or several have.
    """
    run = run_id(EngineSql(connection), given)
    record = run_record(connection, run)
    rounds = run_queries.rounds(connection, run)
    found = ((round_.id, alone(connection, round_)) for round_ in rounds)
    return RunFacts(
        record=record,
        rounds=rounds,
        versions=dict(_versions(connection, rounds)),
        usage=run_queries.usage(connection, run),
        tasks=tuple(_tasks(connection, run)),
        replies=tuple(_replies(connection, run)),
        no_result=frozenset(_no_result(connection, run)),
        shown=_shown(connection, rounds),
        alone={place: parts for place, parts in found if parts},
        waits=waiting_id(connection, run),
    )


def _versions(connection: Connection, rounds: Sequence[Round]) -> Iterator[tuple[str, Skill]]:
    named = {round_.parent for round_ in rounds} | {one.decision.candidate for one in rounds}
    for digest in sorted(filter(None, named)):
        skill = run_queries.skill(connection, digest)
        if skill is not None:
            yield digest, skill


def _tasks(connection: Connection, run: str) -> Iterator[TaskSpend]:
    columns = ROLLOUTS.c
    query = (
        select(
            columns.task,
            columns.task_id,
            func.count().label("rows"),
            func.count(columns.score).label("graded"),
            func.count(columns.cost).label("priced"),
            func.sum(columns.calls).label("calls"),
            func.sum(columns.prompt_tokens).label("prompt"),
            func.sum(columns.completion_tokens).label("completion"),
            func.sum(columns.cost).label("cost"),
        )
        .where(columns.run == run)
        .group_by(columns.task, columns.task_id)
        .order_by(columns.task_id, columns.task)
    )
    for row in connection.execute(query):
        usage = Usage(
            calls=int(row.calls or 0),
            prompt_tokens=int(row.prompt or 0),
            completion_tokens=int(row.completion or 0),
            cost=float(row.cost or 0.0) if row.priced == row.rows else None,
        )
        yield TaskSpend(
            task=row.task_id, digest=row.task, usage=usage, missing=row.rows - row.graded
        )


def _replies(connection: Connection, run: str) -> list[ReplySpend]:
    columns = (EXCHANGES.c[name] for name in ("key", *_USAGE))
    query = select(*columns).where(EXCHANGES.c.run == run).order_by(EXCHANGES.c.seq)
    spent: dict[str, Usage] = defaultdict(Usage)
    for row in connection.execute(query).mappings():
        spent[_step(row["key"])] += mapping.usage_of(dict(row))
    return [ReplySpend(step=step, usage=usage) for step, usage in spent.items()]


_USAGE = ("calls", "prompt_tokens", "completion_tokens", "cost")


def _step(key: str) -> str:
    """What was asked, by an exchange's key: `3/propose/2` and `health/target/2` have a number."""
    first, _, rest = key.partition("/")
    step = rest.split("/")[0]
    return f"{first}/{step}" if first == "health" else step or first


def _no_result(connection: Connection, run: str) -> Iterator[tuple[str, str]]:
    columns = ROLLOUTS.c
    query = select(columns.skill, columns.task_id).where(columns.run == run)
    query = query.where(columns.status == "missing").distinct()
    yield from ((row.skill, row.task_id) for row in connection.execute(query))


def _shown(connection: Connection, rounds: Sequence[Round]) -> dict[str, str]:
    """Tasks of the rollouts that critiques quote; the n-th that was shown is `r<n>`."""
    keys: set[str] = set()
    for round_ in rounds:
        quoted = {critique.rollout for critique in round_.critiques}
        keys |= {key for n, key in enumerate(round_.rollouts, 1) if f"r{n}" in quoted}
    found: dict[str, str] = {}
    wanted = sorted(keys)
    for start in range(0, len(wanted), MOST_KEYS):
        some = ROLLOUTS.c.key.in_(wanted[start : start + MOST_KEYS])
        rows = connection.execute(select(ROLLOUTS.c.key, ROLLOUTS.c.task_id).where(some))
        found.update((row.key, row.task_id) for row in rows)
    return found
