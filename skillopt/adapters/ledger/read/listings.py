"""What people ask of the ledger: lists, single entries, versions."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from skillopt.adapters.ledger.append.transaction import MOST_KEYS
from skillopt.adapters.ledger.db.plain_sql import EngineSql
from skillopt.adapters.ledger.index.neighbours import alike
from skillopt.adapters.ledger.index.run_skills import is_of, skills_named, skills_of
from skillopt.adapters.ledger.read import round_lists, run_queries
from skillopt.adapters.ledger.read.ids import round_id, run_id
from skillopt.adapters.ledger.read.round_aims import round_aims
from skillopt.adapters.ledger.read.round_answers import round_answers
from skillopt.adapters.ledger.read.round_traces import round_traces
from skillopt.adapters.ledger.schema import mapping
from skillopt.adapters.ledger.schema.tables import (
    ABLATIONS,
    EXCHANGES,
    ROLLOUTS,
    ROUNDS,
    RUN_ENDS,
    RUNS,
)
from skillopt.core.history.front import front_of
from skillopt.core.history.run import Round, RunRecord
from skillopt.core.history.views import (
    ExchangeSummary,
    RoundEntry,
    RoundFilter,
    RoundSummary,
    RunEntry,
    RunSummary,
)
from skillopt.core.proposals.refusal import Part
from skillopt.core.skill.diff import skill_diff

SUMMARY = select(
    *(ROUNDS.c[name] for name in round_lists.COLUMNS),
    RUNS.c.document.label("run_document"),
).join(RUNS, RUNS.c.id == ROUNDS.c.run)
"""What :func:`summary` needs."""


def list_rounds(connection: Connection, wanted: RoundFilter) -> tuple[RoundSummary, ...]:
    """The rounds that pass the filter, newest first.

    Raises:
        InputError: no run begins as the filter says, or there is no word in its text.
    """
    found = round_lists.list_rounds(EngineSql(connection), wanted.wanted())
    return tuple(map(RoundSummary.of, found))


def count_rounds(connection: Connection, wanted: RoundFilter) -> int:
    """How many rounds pass the filter, whatever its limit.

    Raises:
        InputError: no run begins as the filter says, or there is no word in its text.
    """
    return round_lists.count_rounds(EngineSql(connection), wanted.wanted())


def show_round(connection: Connection, given: str) -> RoundEntry:
    """A round by its id or the beginning of one.

    Raises:
        InputError: no round has it, or several have.
    """
    place = round_id(EngineSql(connection), given)
    row = dict(connection.execute(SUMMARY.where(ROUNDS.c.id == place)).mappings().one())
    stored = select(ROUNDS.c.document).where(ROUNDS.c.id == place)
    round_ = mapping.round_of(connection.execute(stored).scalar_one())
    return RoundEntry(
        summary=summary(row),
        round=round_,
        run=run_record(connection, round_.run),
        diff=_diff(connection, row["parent"], row["candidate"]),
        alone=alone(connection, round_),
        critiqued=_critiqued(connection, round_),
        aims=round_aims(connection, round_),
        answers=round_answers(connection, round_),
        traces=round_traces(connection, round_),
        exchanges=_exchanges(connection, round_),
        before=_neighbour(connection, round_, -1),
        after=_neighbour(connection, round_, 1),
        alike=alike(connection, round_, skill_id=skills_of(connection, [round_.run])[round_.run]),
    )


def list_runs(connection: Connection, *, skill: str | None, limit: int) -> tuple[RunSummary, ...]:
    """Runs, newest first."""
    query = select(RUNS.c.id).order_by(RUNS.c.seq.desc()).limit(limit)
    if skill is not None:
        query = query.where(is_of(RUNS.c.id, *skills_named(connection, [skill])))
    return tuple(_run_summary(connection, run) for run in connection.execute(query).scalars())


def count_runs(connection: Connection, *, skill: str | None) -> int:
    """How many runs there are."""
    query = select(func.count()).select_from(RUNS)
    if skill is not None:
        query = query.where(is_of(RUNS.c.id, *skills_named(connection, [skill])))
    return connection.execute(query).scalar_one()


def show_run(connection: Connection, given: str) -> RunEntry:
    """A run by its id or the beginning of one.

    Raises:
        InputError: no run has it, or several have.
    """
    run = run_id(EngineSql(connection), given)
    query = SUMMARY.where(ROUNDS.c.run == run).order_by(ROUNDS.c.number)
    record = run_record(connection, run)
    return RunEntry(
        record=record,
        target=record.shown_target,
        identity_unknown=record.identity_unknown,
        rounds=tuple(summary(dict(row)) for row in connection.execute(query).mappings()),
        usage=run_queries.usage(connection, run),
        front=front_of(run_queries.rounds(connection, run), first=record.first),
        kept_by=record.kept_by,
    )


def summary(row: dict[str, Any]) -> RoundSummary:
    """A row of `rounds`, with its run's document, as a summary."""
    return RoundSummary.of(round_lists.listed(row))


def summaries(connection: Connection, places: Sequence[int]) -> dict[int, RoundSummary]:
    """Rounds by their number in the chain."""
    found = round_lists.rounds_at(EngineSql(connection), places)
    return {place: RoundSummary.of(one) for place, one in found.items()}


def _run_summary(connection: Connection, run: str) -> RunSummary:
    counted = select(ROUNDS.c.outcome, func.count()).where(ROUNDS.c.run == run)
    outcomes = connection.execute(counted.group_by(ROUNDS.c.outcome))
    counts: dict[str, int] = dict(outcomes.all())
    record = run_record(connection, run)
    return RunSummary(
        record=record,
        target=record.shown_target,
        identity_unknown=record.identity_unknown,
        rounds=sum(counts.values()),
        accepted=counts.get("accepted", 0),
        kept_by=record.kept_by,
    )


def run_record(connection: Connection, run: str) -> RunRecord:
    """A run as it stands: its end where it has one."""
    (found,) = run_records(connection, [run])
    return found


def run_records(connection: Connection, runs: Sequence[str]) -> tuple[RunRecord, ...]:
    """Runs by their whole ids, in this order, each as it stands: its end where it has one."""
    found: dict[str, str] = {}
    for start in range(0, len(runs), MOST_KEYS):
        some = runs[start : start + MOST_KEYS]
        ends = select(RUN_ENDS.c.run, RUN_ENDS.c.document).where(RUN_ENDS.c.run.in_(some))
        ended: dict[str, str] = dict(connection.execute(ends.order_by(RUN_ENDS.c.seq)).all())
        found |= ended
        begun = [run for run in some if run not in found]
        if begun:
            rows = select(RUNS.c.id, RUNS.c.document).where(RUNS.c.id.in_(begun))
            pending: dict[str, str] = dict(connection.execute(rows).all())
            found |= pending
    return tuple(mapping.run_of(found[run]) for run in runs)


def alone(connection: Connection, round_: Round) -> tuple[Part, ...]:
    """The newest ablation of a round; else the one that was part of it."""
    query = select(ABLATIONS.c.document).where(ABLATIONS.c.round == round_.id)
    newest = connection.execute(query.order_by(ABLATIONS.c.seq.desc()).limit(1)).scalar()
    if newest is None:
        return round_.parts
    return tuple(Part.model_validate(part) for part in json.loads(newest))


def _critiqued(connection: Connection, round_: Round) -> dict[str, str]:
    """The task of each critique: the n-th rollout that was shown is `r<n>`."""
    shown = {f"r{place}": key for place, key in enumerate(round_.rollouts, start=1)}
    keys = {one.rollout: shown[one.rollout] for one in round_.critiques if one.rollout in shown}
    query = select(ROLLOUTS.c.key, ROLLOUTS.c.task_id)
    found = connection.execute(query.where(ROLLOUTS.c.key.in_(set(keys.values())))).all()
    tasks: dict[str, str] = dict(found)
    return {rollout: tasks[key] for rollout, key in keys.items() if key in tasks}


def _exchanges(connection: Connection, round_: Round) -> tuple[ExchangeSummary, ...]:
    own = EXCHANGES.c.key.startswith(f"{round_.number}/", autoescape=True)
    query = select(EXCHANGES).where((EXCHANGES.c.run == round_.run) & own)
    return tuple(
        ExchangeSummary(
            key=row["key"],
            model=row["model"],
            prompt_digest=row["prompt_digest"],
            usage=mapping.usage_of(dict(row)),
        )
        for row in connection.execute(query.order_by(EXCHANGES.c.seq)).mappings()
    )


def _neighbour(connection: Connection, round_: Round, step: int) -> RoundSummary | None:
    place = (ROUNDS.c.run == round_.run) & (ROUNDS.c.number == round_.number + step)
    row = connection.execute(SUMMARY.where(place)).mappings().first()
    return summary(dict(row)) if row else None


def _diff(connection: Connection, parent: str, candidate: str | None) -> str | None:
    old = run_queries.skill(connection, parent)
    new = run_queries.skill(connection, candidate) if candidate else None
    if old is None or new is None:
        return None
    if old.files or new.files:
        return "".join(f"{line}\n" for line in skill_diff(old, new, context=3))
    lines = difflib.unified_diff(
        old.text.splitlines(keepends=True),
        new.text.splitlines(keepends=True),
        fromfile=parent[:12],
        tofile=(candidate or "")[:12],
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
